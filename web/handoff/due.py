"""By when a visitor is to be called."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from web.chat import opening


def due_at(asked_at: datetime) -> datetime:
    """CALL_BACK_HOURS after the request; when the clinic is closed then, at its next opening."""
    at = asked_at + timedelta(hours=settings.CALL_BACK_HOURS)
    return opening.next_open(at)
