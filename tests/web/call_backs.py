"""Requests to be called, as the widget's form sends them."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
from visitor import Visitor

NUMBER = "(312) 555-0188"
DIGITS = "3125550188"


def form(**changes: Any) -> dict[str, Any]:
    """A form without a mistake in it, but for the changes."""
    return {
        "id": str(uuid.uuid4()),
        "name": "Ann",
        "phone": NUMBER,
        "topic": "I take warfarin, would that be a problem?",
        "best_time": "afternoon",
        "leave_message": False,
        "consent": True,
        "language": "en",
        **changes,
    }


def post(visitor: Visitor, **changes: Any) -> httpx.Response:
    """Sends the form, whatever comes of it."""
    return visitor.http.post("/chat/callbacks", json=form(**changes), headers=visitor.headers)


def ask(visitor: Visitor, **changes: Any) -> dict[str, Any]:
    """Sends the form and gives the answer."""
    answer = post(visitor, **changes)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said
