"""The former name of `move_files`, for those who have it in their notes."""

from chatapp.documents.management.commands.move_files import Command

__all__ = ["Command"]
