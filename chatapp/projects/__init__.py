"""Projects: related conversations with instructions, documents and images of their own.

A project belongs to one person, who may let others read it or chat in it. Everybody's conversations
in it stay their own. A conversation knows its project by a foreign key, and by nothing else.
"""
