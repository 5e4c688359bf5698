"""The tools that come with the app: one file each, found by looking through this folder.

To add one, copy the file that is most like it. What a file makes with `tool` is offered; there is
no list to keep.
"""
