"""Puts alerts into the outbox, inside the transaction of what they tell of. web.handoff.delivery takes them out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from web.chat.models import Conversation
from web.handoff.models import Alert, CallBack


def on_alarm(sender: object, conversation: Conversation, **_: Any) -> None:
    """Danger was seen in a conversation (web.chat.alarms)."""
    raise_alert(Alert.Reason.CRISIS, conversation)


def raise_alert(reason: Alert.Reason, conversation: Conversation, call_back: CallBack | None = None) -> None:
    """Puts an alert into the outbox, unless the conversation had one for the same reason a short while ago.

    Then that one counts one event more: people were told to look, and ten messages need no ten alerts.

    Args:
        reason: what it is about.
        conversation: its row, locked by the caller, so that two at once do not both raise one.
        call_back: the request that it is about, if it is about one.
    """
    since = timezone.now() - timedelta(minutes=settings.ALERT_QUIET_MINUTES)
    recent = Alert.objects.filter(conversation=conversation, reason=reason, raised_at__gt=since).first()
    if recent is None:
        Alert.objects.create(reason=reason, conversation=conversation, call_back=call_back)
    else:
        Alert.objects.filter(pk=recent.pk).update(events=F("events") + 1)
