"""Long work in the background: rows with a lease, made step by step.

`kinds` registers a kind of work, `runner` makes it, `models` has the rows. Packages above import
those modules; importing this package loads no model.
"""
