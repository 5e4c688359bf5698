from chatapp.transfer.models.archive_part import ArchivePart
from chatapp.transfer.models.imports import Import, ImportedConversation
from chatapp.transfer.models.uploads import UploadedFile, UploadedSlice

__all__ = ["ArchivePart", "Import", "ImportedConversation", "UploadedFile", "UploadedSlice"]
