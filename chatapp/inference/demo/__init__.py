"""The built-in demo model: a small server that speaks the wire format of the real service.

It is not an AI and says so. The same question always gets the same answer, so that tests and
screenshots can rely on it, and a broken-off answer can be continued from where it stopped. Only
`/flaky` and the rate-limit headers depend on what was asked before.

`commands.HELP` lists what a person can type to try out failures, pauses and special content.
"""
