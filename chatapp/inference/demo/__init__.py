"""The built-in demo model: a small server that speaks the wire format of the real service.

It is not an AI, and its answers admit it. The same question always gets the same answer, so that
tests and screenshots can rely on it, and an interrupted answer can be resumed where it stopped.
Only `/flaky` and the rate-limit headers depend on earlier requests.

`commands.HELP` lists what a person can type to try failures, pauses and special content.
"""
