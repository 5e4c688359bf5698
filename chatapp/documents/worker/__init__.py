"""The document worker, a process of its own. It imports neither Django nor the settings."""
