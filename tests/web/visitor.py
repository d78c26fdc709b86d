"""A visitor, as the widget would speak for one."""

from __future__ import annotations

import uuid
from typing import Any

import httpx


class Visitor:
    """Talks to the door with a session of its own.

    Args:
        http: a client whose base URL is the door's.
        token: that of a session there is, or None to start one.
    """

    def __init__(self, http: httpx.Client, token: str | None = None) -> None:
        self.http = http
        self.greeting: list[dict[str, Any]] = []
        if token is None:
            answer = http.post("/chat/sessions")
            assert answer.status_code == 201, answer.text
            token, self.greeting = answer.json()["token"], answer.json()["replies"]
        self.token = token

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, text: Any, message_id: Any = None) -> httpx.Response:
        """Sends a message, whatever comes of it."""
        body = {"id": message_id or str(uuid.uuid4()), "text": text}
        return self.http.post("/chat/messages", json=body, headers=self.headers)

    def say(self, text: str, message_id: str | None = None) -> list[dict[str, Any]]:
        """Sends a message and gives its replies."""
        answer = self.post(text, message_id)
        assert answer.status_code == 200, answer.text
        replies: list[dict[str, Any]] = answer.json()["replies"]
        return replies

    def history(self) -> list[dict[str, Any]]:
        """The conversation so far."""
        answer = self.http.get("/chat/messages", headers=self.headers)
        assert answer.status_code == 200, answer.text
        turns: list[dict[str, Any]] = answer.json()["messages"]
        return turns

    def feedback(self, **body: Any) -> httpx.Response:
        """Gives feedback, whatever comes of it."""
        return self.http.post("/chat/feedback", json=body, headers=self.headers)

    def delete(self) -> httpx.Response:
        """Deletes the conversation."""
        return self.http.delete("/chat/session", headers=self.headers)
