"""The tools that come with the app, one file each.

To add a tool, copy the file that is most like it. `registry` finds every tool in this folder, so
there is no list to keep.
"""
