"""The export of this app, from which nothing is lost. docs/export.md describes the files."""
