"""Writes sign-ins, failed ones and lock-outs into the audit trail."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_out, user_login_failed

from web.review.audit import Action, record


def connect() -> None:
    """Listens to Django's and axes' signals."""
    user_login_failed.connect(_failed, dispatch_uid="review.failed")
    user_logged_out.connect(_out, dispatch_uid="review.out")
    user_locked_out.connect(_locked, dispatch_uid="review.locked")


def _failed(credentials: dict[str, Any], **_: Any) -> None:
    record(None, Action.SIGN_IN_FAILED, actor=credentials.get("username", ""))


def _out(user: Any, **_: Any) -> None:
    if user is not None:
        record(user, Action.SIGNED_OUT)


def _locked(username: str | None = None, **_: Any) -> None:
    record(None, Action.LOCKED_OUT, actor=username or "")
