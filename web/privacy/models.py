"""What is still to be erased elsewhere, and the runs of the retention."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Erasure(models.Model):
    """A deleted conversation that Rasa has still to forget. The row goes when it has."""

    conversation = models.UUIDField(primary_key=True)
    asked_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    #: Why the last attempt failed, empty before the first failure.
    failure = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="erasures_by_time")]

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class RetentionRun(models.Model):
    """One run of the retention: when, how much it deleted, and why it broke off if it did."""

    started_at = models.DateTimeField(default=timezone.now)
    #: Null while it runs, and when its process died.
    ended_at = models.DateTimeField(null=True, blank=True)
    #: How many of each were deleted.
    deleted = models.JSONField(default=dict)
    #: Type of the error that ended it, empty when it ended well.
    failure = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"retention {self.pk}"
