"""Exports of other products, read into one shape: `conversation.ReadConversation`.

Knows neither Django nor the database. Reads leniently: what it does not know becomes a visible
note or is counted, and nothing in a file makes it fail except JSON that is none.
"""
