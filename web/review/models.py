"""What the console keeps beside the log: a summary of each conversation, the staff's work on it, the audit trail.

Accounts are switched off, not deleted (PROTECT): what somebody did keeps its name.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from web.chat.models import Conversation, CrisisStub, Message

_FILTERS = ("rank", "kinds", "language", "confidence", "helpful", "unhelpful", "assigned_to", "started_at", "last_at")


class ConversationSummary(models.Model):
    """One row for each conversation with a message, kept up to date in the transaction of the turn.

    The queue reads this alone. The primary key is also the row of the full-text index (web.review.search).
    """

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="summary")
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()
    #: Why it should be read, the most urgent first (web.review.ranks.Rank).
    rank = models.PositiveSmallIntegerField()
    #: Order in the queue: by rank, the newest first within one (web.review.ranks.place).
    place = models.BigIntegerField()
    messages = models.PositiveIntegerField()
    last_message = models.BigIntegerField()
    #: The words that the queue shows: those that raised the alarm, or the first ones.
    opening = models.CharField(max_length=200)
    danger = models.CharField(max_length=16)
    #: Kinds of reply given, one bit each (web.review.ranks.KIND_BITS).
    kinds = models.PositiveIntegerField()
    #: Confidence of the least sure answer, 0 to 1; null where nothing was classified.
    confidence = models.FloatField(null=True)
    helpful = models.PositiveSmallIntegerField()
    unhelpful = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=5)
    callback = models.BooleanField()
    failed = models.BooleanField()

    reviewed = models.BooleanField(default=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    #: Goes up with every change; who changes a row names the version that was seen.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        # The last columns let a database look at the filters without opening the row.
        indexes = [
            models.Index(fields=["reviewed", "place", "id", *_FILTERS], name="queue_by_reviewed"),
            models.Index(fields=["place", "id", *_FILTERS], name="queue_of_all"),
            models.Index(fields=["reviewed", "rank"], name="queue_counts"),
        ]
        verbose_name_plural = "conversation summaries"

    def __str__(self) -> str:
        return str(self.conversation_id)


class ConversationTopic(models.Model):
    """A topic that a conversation touched."""

    summary = models.ForeignKey(ConversationSummary, on_delete=models.CASCADE, related_name="topics")
    topic = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "summary"], name="one_row_per_topic")]

    def __str__(self) -> str:
        return self.topic


class Note(models.Model):
    """What somebody of the staff wrote beside a conversation. Notes are added, never changed."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"note {self.pk}"


#: Tag of the conversations that ``make demo-data`` made.
DEMO = "demo"


class Tag(models.Model):
    """A word that the staff sorts conversations by."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "conversation"], name="a_tag_once")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FollowUp(models.Model):
    """What was done about a conversation that raised an alarm: who, when, what."""

    class Outcome(models.TextChoices):
        """What came of it."""

        REACHED = "reached", "Reached the visitor"
        CLINICIAN = "clinician", "Handed to a clinician"
        EMERGENCY = "emergency", "Emergency services or crisis line called"
        NO_CONTACT = "no_contact", "No way to reach the visitor"
        NO_ANSWER = "no_answer", "Tried, no answer"
        FALSE_ALARM = "false_alarm", "Read: no danger in it"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="follow_ups")
    outcome = models.CharField(max_length=16, choices=Outcome)
    text = models.TextField(blank=True)
    happened_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"


class StubSeen(models.Model):
    """Somebody of the staff took note that a visitor deleted a conversation which had raised an alarm."""

    stub = models.OneToOneField(CrisisStub, on_delete=models.CASCADE, related_name="seen")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "stubs seen"

    def __str__(self) -> str:
        return f"stub {self.stub_id} seen"


class Correction(models.Model):
    """What a part of a message should have been taken for."""

    class State(models.TextChoices):
        """How far a correction has come."""

        PROPOSED = "proposed", "Proposed"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        LEARNED = "learned", "Learned"
        REFUSED = "refused", "Refused when learning"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="corrections")
    #: Which of the questions understood in the message, counted from 0.
    part = models.PositiveSmallIntegerField(default=0)
    #: The words of that part, as they would be learned. Nobody can edit them.
    text = models.TextField()
    was = models.CharField(max_length=64)
    #: An intent of domain.yml, or ``danger:<danger>`` (web.review.labels.targets).
    should_be = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    #: Why learning refused it.
    remark = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "part"], name="one_correction_per_part")]
        indexes = [models.Index(fields=["state", "id"], name="corrections_by_state")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"correction {self.pk}"


class DayCount(models.Model):
    """How often something happened on a day in the clinic's time zone (web.review.counts)."""

    day = models.DateField()
    measure = models.CharField(max_length=16)
    name = models.CharField(max_length=64, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "day", "name"], name="one_count_per_day_and_name")]

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.name}: {self.count}"


class CountedDay(models.Model):
    """A day whose counts are up to date. Its row is taken away when something of that day changes."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.day)


class LackingGroup(models.Model):
    """Questions of one meaning that the page does not answer, as the last batch found them (nlu/grouping.py)."""

    topic = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    since = models.DateField()

    class Meta:
        ordering = ["-size", "id"]

    def __str__(self) -> str:
        return f"{self.topic}: {self.size}"


class LackingExample(models.Model):
    """A wording in a group. It names the message, so that it goes when the conversation does."""

    group = models.ForeignKey(LackingGroup, on_delete=models.CASCADE, related_name="examples")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    part = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"example {self.pk}"


class Invitation(models.Model):
    """A link that opens once: to make an account, or to set password and second factor of one anew."""

    #: SHA-256 of the link's token; the token itself is shown once and kept nowhere.
    digest = models.CharField(max_length=64, unique=True)
    username = models.CharField(max_length=150)
    role = models.CharField(max_length=16)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"invitation of {self.username}"


class AuditEntry(models.Model):
    """Who did what, when. Rows are added; triggers of the database refuse to change or delete one."""

    at = models.DateTimeField(default=timezone.now)
    #: Number and name of the account, as they were; none for what nobody signed in did.
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=32)
    #: Id of the conversation, which may be gone.
    conversation = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "-id"], name="audit_by_conversation"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
        ]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at} {self.actor} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds the entry.

        Raises:
            TypeError: it was added before; an entry is never changed.
        """
        if not self._state.adding:
            raise TypeError("an audit entry is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuses.

        Raises:
            TypeError: always.
        """
        raise TypeError("an audit entry is never deleted")
