"""The audit trail: who did what, when."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Any

from web.review.models import AuditEntry


class Action(StrEnum):
    """What is written down."""

    READ = "read"
    SEARCHED = "searched"
    REVIEWED = "reviewed"
    REOPENED = "reopened"
    NOTED = "noted"
    TAGGED = "tagged"
    UNTAGGED = "untagged"
    ASSIGNED = "assigned"
    FOLLOWED_UP = "followed up"
    STUB_SEEN = "stub seen"
    CORRECTED = "corrected"
    DECIDED = "correction decided"
    LEARNED = "learned"
    EXPORTED = "exported"
    DELETED = "deleted"
    INVITED = "invited"
    ACCOUNT_CHANGED = "account changed"
    ACCOUNT_OPENED = "account opened"
    SIGNED_IN = "signed in"
    SIGN_IN_FAILED = "sign-in failed"
    LOCKED_OUT = "locked out"
    SIGNED_OUT = "signed out"
    CALL_BACK = "call back"
    ALERT_TESTED = "alert tested"
    REFUSED = "refused"
    RETAINED = "retention"


def record(user: Any, action: Action, conversation: uuid.UUID | None = None, **detail: Any) -> None:
    """Adds an entry.

    Args:
        user: the account, or None (then ``actor`` may be in the detail).
        action: what was done.
        conversation: id of the conversation that it was done to.
        detail: further JSON values, never a visitor's words.
    """
    known = user is not None and getattr(user, "is_authenticated", False)
    AuditEntry.objects.create(
        actor_id=user.pk if known else None,
        actor=user.get_username() if known else str(detail.pop("actor", ""))[:150],
        action=action,
        conversation=conversation,
        detail=detail,
    )
