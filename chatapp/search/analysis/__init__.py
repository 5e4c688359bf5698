"""One analyser for both databases, for what is stored and for what people type.

`server.folding` makes spellings equal, `tokens` finds the tokens of a text, `queries` reads a
query, and `matches` finds its words in a text.
"""
