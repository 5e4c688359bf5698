"""Refuse the formulas on which the converter (math-core 0.9) would crash or take for ever.

It recurses, and a stack overflow ends the process. It tries an opening bracket without an end both
ways, so the time doubles with each of them: 35 took minutes, during which everybody waits.
"""

import re

# Levels of braces and environments: 400 fill 1 MB of stack.
MAX_NESTING = 100
# Levels without braces (\sqrt\sqrt\sqrt), each of which takes a third of the stack.
MAX_COMMAND_CHAIN = 300
# Opening brackets without an end; each doubles the time, 16 take up to 10 ms.
MAX_UNCLOSED = 10

# Definitions in a reply multiply the work: 10 KB of source became 72 MB of MathML.
_DEFINITION = re.compile(r"\\(?:newcommand|renewcommand|providecommand|[gx]?def|let)(?![A-Za-z])")
# An optional argument is a level too. Its end can't be told from a plain bracket, so all count.
_OPTIONAL = re.compile(r"\\(?!left|right|middle|[bB]igg?)[A-Za-z]+\s*\[")
_COMMAND_CHAIN = re.compile(
    r"(?:(?:[^\\{}\s]?[\^_]\s*+)?+\{*+\\[A-Za-z]++\s*+(?:\[[^][{}]{0,40}+\]\s*+)?+"
    r"(?:\{[^{}]{0,40}+\}|\\[^A-Za-z]|[^\\{}\s^_])?+\s*+)"
    f"{{{MAX_COMMAND_CHAIN}}}"
)
_OPENING_COMMANDS = (
    "lAngle|lBrace|lVert|lang|langle|lbrace|lbrack|lceil|lfloor|lgroup|llangle|llbracket|llcorner"
    "|llparenthesis|lmoustache|lparen|lvert|ulcorner"
)
_CLOSING_COMMANDS = "rangle|rang|rbrace|rbrack|rceil|rfloor|rgroup|rvert|rVert|rparen"
# Symbols that people write before a closing bracket. After another command, as in `\hat)`, the
# bracket may be its argument, so it isn't counted as an end.
_SYMBOLS = (
    "alpha|beta|gamma|delta|(?:var)?epsilon|zeta|eta|(?:var)?theta|kappa|lambda|mu|nu|xi|(?:var)?pi"
    "|(?:var)?rho|(?:var)?sigma|tau|upsilon|(?:var)?phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi"
    "|Sigma|Upsilon|Phi|Psi|Omega|infty|ell|hbar|[lc]?dots|emptyset|varnothing|prime|partial|nabla"
    "|circ|top|bot|star|ast|dagger|cdot|checkmark|quad|qquad"
)
_DELIMITER = r"(?![A-Za-z])\s*(?:\\[A-Za-z]+|\\?.)"
# \bigl and \bigr make any delimiter an opening or a closing one, \big makes it neither.
_STRUCTURE = re.compile(
    rf"""(?P<opens_large> \\[bB]igg?l{_DELIMITER} )
      | (?P<closes_large> \\[bB]igg?r{_DELIMITER} )
      | \\[bB]igg?m?{_DELIMITER}
      | (?P<deeper> \{{ | \\(?:begin(?:group)?|bgroup)(?![A-Za-z]) | \\left{_DELIMITER} )
      | (?P<back> \}} | \\(?:end(?:group)?|egroup)(?![A-Za-z]) | \\right{_DELIMITER} )
      | (?P<next> & | \\\\ )
      | (?P<opens_argument>
          \\(?:[Bb]ra(?:ket)?|[Kk]et|[Ss]et|p(?:mod|od))(?![A-Za-z])(?!\s*[A-Za-z0-9{{]) )
      | (?:[\^_] | \\(?!(?:{_SYMBOLS})(?![A-Za-z]))[A-Za-z]+)\s*[)\]]
      | (?P<opens> [(\[⌈⌊⌜⌞⎰❲⟅⟦⟨⟪⟬⟮⦃⦅⦇⦉⦋⦍⦏⦑⦓⦕⦗⧘⧚⧼] | \\\{{ | \\(?:{_OPENING_COMMANDS})(?![A-Za-z]) )
      | (?P<closes> [)\]⌉⌋⟩] | \\\}} | \\(?:{_CLOSING_COMMANDS})(?![A-Za-z]) )
      | \\.""",
    re.VERBOSE | re.DOTALL,
)


def is_costly(latex: str) -> bool:
    """Return whether converting this could crash the process or hold it up."""
    if _DEFINITION.search(latex) or _has_bad_structure(latex):
        return True
    is_long = len(latex) > MAX_NESTING
    return is_long and (
        len(_OPTIONAL.findall(latex)) > MAX_NESTING or _COMMAND_CHAIN.search(latex) is not None
    )


def _has_bad_structure(latex: str) -> bool:
    """Return whether it is nested too deeply, or has too many brackets without an end."""
    unclosed, brackets = 0, [0]  # open brackets on each level; only the last level can close one
    for token in _STRUCTURE.finditer(latex):
        match token.lastgroup:
            case "deeper":
                brackets.append(0)
            case "back" if len(brackets) > 1:
                unclosed += brackets.pop()
            case "next":
                unclosed, brackets[-1] = unclosed + brackets[-1], 0
            case "opens" | "opens_large" | "opens_argument":
                brackets[-1] += 1
            case "closes" | "closes_large":
                brackets[-1] = max(0, brackets[-1] - 1)
        if len(brackets) + brackets[-1] > MAX_NESTING:
            return True
    return unclosed + sum(brackets) > MAX_UNCLOSED
