"""Find the main text of a web page. Pages of strangers are parsed in a process of their own."""
