"""Read the limits that a service names when a request has too many tokens.

Each server has its own words; every pattern here is one that a server or its users have reported.
Numbers may have thousands separators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MIN_OUTPUT = 16  # tokens; a smaller number in a refusal is no limit for an answer
THOUSANDS = re.compile(r"(?<=\d)[,_](?=\d{3}(?!\d))")
PER_MINUTE = re.compile(r"per minute|\bTPM\b", re.IGNORECASE)

OVERFLOW = re.compile(
    r"(?:prompt|input|request|conversation)s? (?:is|are|was) too (?:long|large)"
    r"|context[ _-](?:length|window|limit|size)|exceed_context_size|model(?:'s)? (?:token )?limit"
    r"|maximum (?:model|prompt) length|exceeds max(?:imum)? length|prompt too long"
    r"|(?:prompt|input) token count .{0,40}exceeds|too many tokens|context shift is disabled"
    r"|`inputs` tokens|maximum context\b",
    re.IGNORECASE,
)
OUTPUT = re.compile(
    r"max[_ ]?(?:completion_|new_|output_)?tokens|maxOutputTokens|maximum (?:number of )?tokens"
    r"|(?:completion|output) tokens",
    re.IGNORECASE,
)
TOO_LARGE = re.compile(
    r"too (?:large|high|big)|exceed|above|greater|at most|less than|lower than|maximum|range"
    r"|\d > \d|<=",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d+")

# The tokens of the input, and the window that they didn't fit into together with the answer.
_COUNTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # vLLM: "maximum context length is 8192 tokens and your request has 900 input tokens"
        r"maximum context length is (?P<window>\d+) tokens and your request has (?P<input>\d+)",
        # vLLM, OpenRouter: "however, you requested 9092 tokens (900 in the messages, 8192 in …)"
        r"maximum context length is (?P<window>\d+) tokens.{1,80}?\((?P<input>\d+) (?:in the|of)",
        # SGLang: "context length of 131072 tokens. You requested … 139000 tokens from the input"
        r"maximum context length of (?P<window>\d+) tokens.{1,120}?: (?P<input>\d+) tokens from",
        # OpenAI: "maximum context length is 8192 tokens. However, your messages resulted in 10000"
        r"maximum context length is (?P<window>\d+)\D+(?P<input>\d+) tokens",
        # vLLM: "Input length (12000) exceeds model's maximum context length (8192)"
        r"\((?:length )?(?P<input>\d+)\) (?:exceeds|is longer than).{1,60}?\(?(?P<window>\d+)",
        r"\(length (?P<input>\d+)\) is longer than the maximum model length of (?P<window>\d+)",
        # TGI: "must be <= 8193. Given: 10000 `inputs` tokens and 100 `max_new_tokens`"
        r"must be <= (?P<window>\d+)\. Given: (?P<input>\d+) `inputs` tokens",
        # Gemini, Copilot: "token count (1200000) exceeds the maximum … allowed (1048576)"
        r"token count (?:of )?\(?(?P<input>\d+)\)? exceeds.{1,60}?(?P<window>\d+)",
        # xAI: "maximum prompt length is 131072 but the request contains 537812 tokens"
        r"maximum prompt length is (?P<window>\d+) but the request contains (?P<input>\d+)",
        # Mistral: "contains 40000 tokens … too large for model with 32768 maximum context"
        r"contains (?P<input>\d+) tokens.{1,80}?with (?P<window>\d+) maximum context",
        # Cohere: "cannot exceed 4081 - received 4292"; Groq: "Limit 6000, Requested 7000"
        r"cannot exceed (?P<window>\d+) - received (?P<input>\d+)",
        r"Limit (?P<window>\d+), Requested (?P<input>\d+)",
        # llama.cpp: "request (2100 tokens) exceeds the available context size (2048 tokens)"
        r"\((?P<input>\d+) tokens\) exceeds the available context size \((?P<window>\d+) tokens",
        # LM Studio: "keep the first 5000 tokens when … context length of only 4096 tokens"
        r"first (?P<input>\d+) tokens.{1,120}?context length of only (?P<window>\d+)",
        # Anthropic: "208310 tokens > 200000 maximum", "195000 + 8192 > 200000"
        r"(?P<input>\d+)(?: tokens)?(?: \+ \d+)? > (?P<window>\d+)",
    )
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Hold what the service counted: the tokens of the input without the answer, and those that
    it accepts for both. `is_lasting` is False for a limit per minute."""

    input: int
    window: int
    is_lasting: bool = True


def overflow_counts(detail: str) -> Counts | None:
    """Return the counts that a refusal of a long conversation names, None if it names none."""
    text = THOUSANDS.sub("", detail)
    for pattern in _COUNTS:
        if match := pattern.search(text):
            counts = Counts(int(match["input"]), int(match["window"]), not PER_MINUTE.search(text))
            return counts if counts.input and counts.window else None
    return None


def named_output_limit(detail: str, requested: int) -> int | None:
    """Return how many tokens an answer may have by a refusal of `requested` tokens.

    None when the refusal isn't about that number, or names no smaller one.
    """
    text = THOUSANDS.sub("", detail)
    if not (OUTPUT.search(text) and TOO_LARGE.search(text)):
        return None
    numbers = map(int, NUMBER.findall(text))
    return max((number for number in numbers if MIN_OUTPUT <= number < requested), default=None)
