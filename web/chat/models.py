"""The log: what visitors wrote (masked), what was understood and what they were told. The staff's pages read this."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils import timezone


class Conversation(models.Model):
    """One visitor's conversation. Its id is made here and known outside only inside a signed token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    #: Last time the visitor wrote or looked, to within a day.
    last_seen_at = models.DateTimeField(default=timezone.now)
    #: Since when every reply keeps the crisis line, or null.
    care_since = models.DateTimeField(null=True, blank=True)
    #: Set when the visitor's deletion begins; nothing is read or written from then on.
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["last_seen_at"], name="conversation_last_seen_at")]

    def __str__(self) -> str:
        return str(self.id)


class Message(models.Model):
    """What a visitor wrote, and how it was dealt with."""

    class State(models.TextChoices):
        """Whether a message has its replies."""

        WAITING = "waiting"
        ANSWERED = "answered"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    #: The id that the widget gave the message; a second request with it gets the stored answer.
    client_id = models.UUIDField()
    #: The text with personal data masked.
    text = models.TextField()
    #: The door's judgement of the raw words (safety.Decision.as_dict, its words masked).
    decision = models.JSONField()
    #: The gravest danger that the door or Rasa saw (safety.decision.DANGERS).
    danger = models.CharField(max_length=16, default="none")
    request_id = models.CharField(max_length=32)
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    #: The request that is getting the replies, and until when no other may try.
    lease_owner = models.CharField(max_length=32)
    lease_until = models.DateTimeField()
    #: Whether the disclosure is due again with this message.
    disclose = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    #: What Rasa understood, as it said it; null when it gave no answer.
    understood = models.JSONField(null=True, blank=True)
    escalation = models.JSONField(null=True, blank=True)
    #: Why Rasa's answer was not used (web.chat.rasa.RasaFailure), empty when it was.
    failure = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "client_id"], name="one_message_per_client_id")]
        indexes = [models.Index(fields=["received_at"], name="message_received_at")]
        ordering = ["received_at", "id"]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Reply(models.Model):
    """One reply as the visitor got it. One without a message was said by the door on its own (the greeting)."""

    class MadeBy(models.TextChoices):
        """Who made the words."""

        RASA = "rasa"
        DOOR = "door"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="replies")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="replies", null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    made_by = models.CharField(max_length=4, choices=MadeBy)
    created_at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=16)
    text = models.TextField()
    source = models.JSONField(null=True, blank=True)
    links = models.JSONField(default=list)
    choices = models.JSONField(default=list)
    #: What the reply is about and how sure the classifier was; for the staff.
    topic = models.CharField(max_length=64, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    benefit = models.BooleanField(default=False)

    class Meta:
        ordering = ["created_at", "position"]
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return f"reply {self.pk}"

    def shown(self) -> dict[str, Any]:
        """The reply as the Chat API gives it to the visitor."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "text": self.text,
            "source": self.source,
            "links": self.links,
            "choices": self.choices,
        }


class Feedback(models.Model):
    """A visitor's thumb on a reply, the last one given, with an optional comment (masked)."""

    reply = models.OneToOneField(Reply, on_delete=models.CASCADE, related_name="feedback")
    helpful = models.BooleanField()
    comment = models.TextField(blank=True)
    #: The floor's judgement of the comment.
    decision = models.JSONField()
    danger = models.CharField(max_length=16, default="none")
    request_id = models.CharField(max_length=32)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return f"feedback {self.pk}"


class CrisisStub(models.Model):
    """What stays of an unreviewed crisis when its conversation is deleted: when, and what kind. No words, no ids."""

    kind = models.CharField(max_length=16)
    happened_at = models.DateTimeField()
    deleted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.kind} at {self.happened_at}"
