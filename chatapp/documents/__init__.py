"""Documents that belong to a person: PDF, Office files, books, web pages and any kind of text.

A file is read once, in a process that may be killed; what was read is stored page by page.
"""
