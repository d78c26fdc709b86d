"""What stays of a call-back request that is deleted with its conversation."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete

from web.chat.models import CrisisStub
from web.handoff.models import CallBack


def connect() -> None:
    """Begins to listen."""
    pre_delete.connect(_keep_stub, sender=CallBack, dispatch_uid="handoff.withdrawal")


def _keep_stub(sender: object, instance: CallBack, **_: Any) -> None:
    """Of a request with danger in its words that nobody has dealt with, time and kind stay, as of a message."""
    if instance.danger != "none" and instance.done_at is None:
        CrisisStub.objects.create(kind=instance.danger, happened_at=instance.asked_at)
