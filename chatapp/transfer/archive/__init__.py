"""Everything of a person as one zip, made in the background and sent as often as wanted."""
