"""What a person has written and not sent yet, per conversation and for the empty page."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from chatapp.conversations.models.conversation import Conversation


class Draft(models.Model):
    """`client_id` is that of the message that this text will become: sending it ends the draft."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    # None for the empty page.
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="drafts", null=True
    )
    client_id = models.UUIDField(default=uuid.uuid4)
    text = models.TextField(blank=True)
    pictures = models.JSONField(default=list)  # ids of the attached images, in their order
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = models.Manager["Draft"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "conversation"],
                condition=models.Q(conversation__isnull=False),
                name="one_draft_per_conversation",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(conversation__isnull=True),
                name="one_draft_for_the_empty_page",
            ),
        ]

    def __str__(self) -> str:
        return f"Draft of {self.person_id} in {self.conversation_id or 'the empty page'}"
