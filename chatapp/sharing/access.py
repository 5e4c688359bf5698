"""Who may reach a share. Whatever isn't there, isn't open or isn't theirs is not found, in the same
words."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from chatapp.accounts.models import Person
from chatapp.accounts.signed_in import load_person
from chatapp.conversations.access import own_conversation
from chatapp.conversations.models import Conversation
from chatapp.sharing.models import Share
from chatapp.sharing.tokens import TOKEN_LENGTH, digest_of


def require_sharing() -> None:
    """Raise Http404 when sharing is turned off for this instance."""
    if not settings.SHARING:
        raise Http404


def sharable(person: Person, conversation_id: UUID) -> tuple[Conversation, Share | None]:
    """Return the person's own conversation, and its share if it has one."""
    require_sharing()
    conversation = own_conversation(person, conversation_id)
    return conversation, Share.objects.filter(conversation=conversation).first()


def own_share(person: Person, share_id: UUID) -> Share:
    require_sharing()
    share: Share = get_object_or_404(Share.objects.of(person), pk=share_id)
    return share


def open_share(token: str) -> Share:
    """Return the share with this address, if strangers may read it now."""
    require_sharing()
    if len(token) != TOKEN_LENGTH:
        raise Http404
    shares = Share.objects.open().select_related("conversation")
    share: Share = get_object_or_404(shares, token_digest=digest_of(token))
    # A link from before SECRET_KEY changed opens too; the page names itself by it.
    share.token = token
    return share


def reader(request: HttpRequest) -> Person | None:
    """Return the signed-in person, if there is one: the page of a share needs none."""
    load_person(request)
    person = request.user
    return person if isinstance(person, Person) else None
