"""What `images.relocation` needs to move documents between the database and the bucket."""

from chatapp.images.relocation import Movable

from . import store
from .models import Document, DocumentData

DOCUMENTS = Movable(Document.objects, DocumentData.objects, ("content",), store.put)
