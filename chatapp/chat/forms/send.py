"""The form of a message."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from asgiref.sync import async_to_sync
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import close_old_connections
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.chat.forms.limits import check_attachment_count, message_text
from chatapp.chat.forms.named_files import own_documents, own_images
from chatapp.chat.forms.settings import SettingsForm
from chatapp.chat.image_links import TooManyAtOnce, copies_of, may_go_to_model
from chatapp.conversations.models import Conversation, ModelSettings, NewMessage
from chatapp.documents.chosen_pages import ChosenPages
from chatapp.documents.errors import DocumentRefused
from chatapp.documents.models import Document
from chatapp.documents.page_ranges import RangesRefused
from chatapp.documents.uploads import store_file
from chatapp.fetching import FetchError
from chatapp.images.errors import ImageRefused
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage
from chatapp.images.shown_image import ShownImage
from chatapp.images.worker.limits import MAX_PARTS
from chatapp.projects.access import find_usable
from chatapp.projects.models import Project
from chatapp.projects.starting_settings import settings_in
from chatapp.server.request_values import read_uuid

type Find[T] = Callable[[Person, Iterable[str]], dict[str, T]]


class SendForm(SettingsForm):
    """A message from the composer.

    With scripts, images and documents arrive as ids; without, as files and as links that are still
    to be copied.
    Model and thinking come with each message, the other settings and the project with the first
    one.
    """

    client_id = forms.UUIDField()
    parent = forms.UUIDField(required=False)
    text = forms.CharField(required=False, strip=False)

    files: MultiValueDict[str, UploadedFile]

    def __init__(
        self, person: Person, conversation_id: UUID, data: QueryDict, files: MultiValueDict
    ) -> None:
        # The page that begins a conversation knows that there is none to look for.
        is_first = data.get("parent") == ""
        self.project_id = read_uuid(data.get("project", ""))
        so_far = _settings_so_far(person, None if is_first else conversation_id, self.project_id)
        super().__init__(person, so_far, data, files)
        self.conversation_id = conversation_id

    def clean_text(self) -> str:
        return message_text(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        files = self.files.getlist("images")
        ids = self.data.getlist("image")
        document_ids = self.data.getlist("document")
        links = [link for link in self.data.getlist("link") if link.strip()]
        to_copy = [link.strip() for link in self.data.getlist("link_to_copy") if link.strip()]
        count = len(ids) + len(document_ids) + len(links) + len(files) + len(to_copy)
        check_attachment_count(count)
        self._room = settings.MAX_IMAGES_PER_MESSAGE - count
        copies, uncopied = self._copied(to_copy)
        cleaned["links"] = tuple(_checked_link(link) for link in [*links, *uncopied])
        images, documents = self._kept_files(files)
        cleaned["images"] = (*self._own(own_images, ids), *images, *copies)
        chosen = [_checked_pages(each) for each in self._own(own_documents, document_ids)]
        cleaned["documents"] = (*chosen, *documents)
        attached = cleaned["links"] or cleaned["images"] or cleaned["documents"]
        if not (cleaned["text"].strip() or attached):
            raise forms.ValidationError(_("Write something or attach a file first."))
        return cleaned

    @property
    def message(self) -> NewMessage:
        return NewMessage(
            client_id=self.cleaned_data["client_id"],
            conversation_id=self.conversation_id,
            chosen=self.chosen,
            text=self.cleaned_data["text"],
            images=self.cleaned_data["images"],
            documents=self.cleaned_data["documents"],
            links=self.cleaned_data["links"],
            parent=self.cleaned_data["parent"],
            names_parent="parent" in self.data,
            project=self.project_id,
        )

    @property
    def project(self) -> Project | None:
        """Return the project in which the conversation begins, if the person may chat there."""
        return find_usable(self.person, self.project_id)

    def _own[T](self, find: Find[T], names: Sequence[str]) -> list[T]:
        """Return the person's own images or documents in the order in which they were attached."""
        found = find(self.person, names)
        try:
            return [found[name] for name in names]
        except KeyError:
            raise forms.ValidationError(
                _("One of the attached files no longer exists. Remove it and attach it again.")
            ) from None

    def _kept_files(self, files: Sequence[UploadedFile]) -> tuple[list[ShownImage], list[Document]]:
        """Store the files of a form without scripts; return the images and the documents."""
        if files:
            close_old_connections()  # the workers are slow
        images: list[ShownImage] = []
        documents: list[Document] = []
        for file in files:
            try:
                stored = async_to_sync(store_file)(self.person, file, self._max_parts)
            except (ImageRefused, DocumentRefused) as refusal:
                raise forms.ValidationError(refusal.sentence) from refusal
            self._room -= len(stored) - 1  # later images have less room
            for each in stored:
                if isinstance(each, Document):
                    documents.append(each)
                else:
                    images.append(each)
        return images, documents

    def _copied(self, links: Sequence[str]) -> tuple[list[ShownImage], list[str]]:
        """Return copies of linked images, and the links whose sites give none."""
        images: list[ShownImage] = []
        uncopied: list[str] = []
        for link in links:
            close_old_connections()  # sites are slow
            try:
                prepared = async_to_sync(copies_of)(self.person, link, self._max_parts)
                images += self._kept(prepared)
            except (ImageRefused, TooManyAtOnce) as refusal:
                raise forms.ValidationError(refusal.sentence) from refusal
            except FetchError as failure:
                if not failure.may_pass_on:
                    raise forms.ValidationError(failure.sentence) from failure
                uncopied.append(link)
        return images, uncopied

    @property
    def _max_parts(self) -> int:
        return min(MAX_PARTS, 1 + self._room)

    def _kept(self, prepared: Sequence[PreparedImage]) -> list[ShownImage]:
        """Store the parts of an image. Later images have less room."""
        self._room -= len(prepared) - 1
        return Image.objects.store_parts(self.person, prepared)


def _settings_so_far(
    person: Person, conversation_id: UUID | None, project_id: UUID | None
) -> ModelSettings:
    own = Conversation.objects.of(person)
    conversation = own.filter(pk=conversation_id).first() if conversation_id else None
    if conversation is None:
        return settings_in(find_usable(person, project_id), person)
    conversation.owner = person
    return conversation.chosen


def _checked_pages(chosen: ChosenPages) -> ChosenPages:
    try:
        return chosen.checked()
    except RangesRefused as refused:
        raise forms.ValidationError(refused.sentence) from refused


def _checked_link(link: str) -> str:
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        raise forms.ValidationError(_("This isn't a valid link. Check it and try again.")) from None
    if parts.scheme != "https" or not parts.hostname:
        raise forms.ValidationError(_("An image link must start with https://"))
    if not may_go_to_model(link.strip()):
        raise forms.ValidationError(
            _("The model can't open this link. Save the image and attach the file.")
        )
    return link.strip()
