"""The people of the tests."""

PASSWORD = "correct horse battery staple"
OWNER = "owner@example.com"
MEMBER = "member@example.com"
