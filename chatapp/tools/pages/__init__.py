"""The main text of a web page. What a stranger wrote is taken apart in a process of its own."""
