"""Call-back requests with what the staff tried, and the outbox of alerts with its deliveries."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from web.chat.models import Conversation
from web.handoff import phone
from web.handoff.encryption import EncryptedText


class CallBack(models.Model):
    """A visitor's request to be called. It goes with its conversation when that is deleted."""

    class BestTime(models.TextChoices):
        """When the visitor would like to be called."""

        ANY = "any", "Any time"
        MORNING = "morning", "Morning"
        AFTERNOON = "afternoon", "Afternoon"
        EVENING = "evening", "Evening"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="call_backs")
    #: The id that the widget gave the request; sent again with it, it is the same request.
    client_id = models.UUIDField()
    name = EncryptedText()
    #: As RFC 3966 has it (web.handoff.phone).
    phone = EncryptedText()
    topic = EncryptedText(blank=True)
    best_time = models.CharField(max_length=16, choices=BestTime)
    #: Whether a message may be left, on a machine or with whoever answers.
    leave_message = models.BooleanField()
    language = models.CharField(max_length=2, choices=[("en", "English"), ("es", "Spanish")])
    #: The gravest danger that the floor saw in the words of the request.
    danger = models.CharField(max_length=16, default="none")
    #: When it was asked for, and consented to.
    asked_at = models.DateTimeField(default=timezone.now)
    #: By when to call (next).
    due_at = models.DateTimeField()
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    #: Grows with each change by the staff: who saw an older one changes nothing.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "client_id"], name="one_call_back_per_client_id")
        ]
        indexes = [models.Index(fields=["done_at", "due_at"], name="call_backs_by_due_time")]
        ordering = ["due_at"]

    def __str__(self) -> str:
        return f"call back {self.pk}"

    @property
    def phone_shown(self) -> str:
        """The number for people."""
        return phone.shown(self.phone)

    def overdue(self, now: datetime | None = None) -> bool:
        """Whether it should have been called by now (or by another time)."""
        return self.done_at is None and self.due_at < (now or timezone.now())


class Try(models.Model):
    """One try to reach a visitor."""

    class Result(models.TextChoices):
        """What came of it."""

        NO_ANSWER = "no_answer", "No answer"
        LEFT_MESSAGE = "left_message", "Left a message"
        REACHED = "reached", "Reached"
        WRONG_NUMBER = "wrong_number", "Wrong number"

    call_back = models.ForeignKey(CallBack, on_delete=models.CASCADE, related_name="tries")
    result = models.CharField(max_length=16, choices=Result)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["made_at", "id"]
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return f"try {self.pk}"


class Alert(models.Model):
    """Something that people on duty are told of. It holds no words of a visitor, only where to look."""

    class Reason(models.TextChoices):
        """What it is about."""

        CRISIS = "crisis", "Crisis conversation"
        CALL_BACK = "call_back", "Call-back request"
        TEST = "test", "Test"

    reason = models.CharField(max_length=16, choices=Reason)
    #: Null when the visitor has deleted it since.
    conversation = models.ForeignKey(Conversation, on_delete=models.SET_NULL, null=True, related_name="+")
    call_back = models.ForeignKey(CallBack, on_delete=models.SET_NULL, null=True, related_name="+")
    raised_at = models.DateTimeField(default=timezone.now)
    #: How many events it stands for: those of one conversation within a while are one alert.
    events = models.PositiveIntegerField(default=1)
    #: When it was handed to the channels that were set then; null before.
    spread_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["conversation", "reason", "raised_at"], name="alerts_of_a_conversation")]
        ordering = ["-raised_at", "-id"]

    def __str__(self) -> str:
        return f"alert {self.pk}"


class Delivery(models.Model):
    """An alert's way to one channel."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="deliveries")
    #: The channel's name in ALERT_CHANNELS; its address stands there alone, since it may hold a password.
    channel = models.CharField(max_length=64)
    #: Times that sending was begun, the one that is running included.
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    #: Until when the worker that is sending it has to itself; null when none is.
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    #: Why the last attempt failed, empty before the first failure.
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "channel"], name="one_delivery_per_channel")]
        indexes = [models.Index(fields=["sent_at", "next_at"], name="deliveries_that_wait")]
        ordering = ["alert", "channel"]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"delivery {self.pk}"
