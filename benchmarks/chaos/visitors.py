"""Visitors as the widget speaks for them: what was not answered is sent again under the same id, until it is."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from safety.replies import CLINIC

#: A message in which there is danger, and one that the page has an answer to.
CRISIS = "i want to end my life"
QUESTION = "how long does an infusion take?"
#: What was asked before the fault.
EARLIER = "what is ketamine?"
#: A question about the visitor's own case: Rasa hands it on, with the action server.
PERSONAL = "am i a candidate?"
#: Seconds that a visitor waits for one answer, between two tries, and for an answer at all.
PATIENCE, AGAIN, AT_LAST = 30.0, 0.5, 60.0
NUMBERS = tuple(CLINIC[name] for name in ("lifeline", "emergency", "clinic_phone"))


@dataclass(frozen=True)
class Seen:
    """What came of one request.

    Attributes:
        status: HTTP status, 0 when there was no answer.
        replies: those of the answer.
        problem: the words of a refusal.
        seconds: that it took.
    """

    status: int
    replies: list[dict[str, Any]] = field(default_factory=list)
    problem: str = ""
    seconds: float = 0.0

    @property
    def kind(self) -> str:
        """Kinds of the replies, or the status with its code, or that there was no answer."""
        return "+".join(dict.fromkeys(reply["kind"] for reply in self.replies)) or (
            str(self.status) if self.status else "no answer"
        )

    @property
    def ids(self) -> list[str]:
        """Ids of the replies."""
        return [reply["id"] for reply in self.replies]

    @property
    def text(self) -> str:
        """All words."""
        return " ".join(reply["text"] for reply in self.replies) + self.problem

    @property
    def is_card(self) -> bool:
        """Whether it is the card of a crisis, with all its numbers."""
        return "crisis" in self.kind and all(number in self.text for number in NUMBERS)

    def words(self, length: int = 40) -> str:
        """What the visitor reads, cut short (of the widget see tests/widget/test_survival.py)."""
        if self.status == 0:
            return "no answer: the widget shows the numbers and sends it again"
        start = " ".join(self.text.split())
        return f"{self.kind}: “{start[:length].rstrip()}{'…' if len(start) > length else ''}”"


@dataclass
class Sent:
    """A message with what came of it: the first time, and at last."""

    visitor: Visitor
    id: str
    text: str
    first: Seen
    last: Seen

    def insist(self) -> None:
        """Sends it again until it is answered."""
        until = time.monotonic() + AT_LAST
        while self.last.status != 200 and time.monotonic() < until:
            time.sleep(AGAIN)
            self.last = self.visitor.send(self.id, self.text)


class Visitor:
    """Somebody with a session.

    Raises:
        RuntimeError: no session could be had.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        until = time.monotonic() + AT_LAST
        while (answer := self.request("POST", "/chat/sessions", {})) is None or answer.status_code != 201:
            if time.monotonic() > until:
                raise RuntimeError(f"no session from {url}: {answer.text if answer else 'no answer'}")
            time.sleep(AGAIN)
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def request(self, method: str, path: str, body: Any = None) -> httpx.Response | None:
        """One request, on a connection of its own; None when there was no answer."""
        headers = getattr(self, "headers", {})
        try:
            return httpx.request(method, self.url + path, json=body, headers=headers, timeout=PATIENCE, trust_env=False)
        except httpx.HTTPError:
            return None

    def send(self, message_id: str, text: str) -> Seen:
        """Sends a message once."""
        started = time.monotonic()
        answer = self.request("POST", "/chat/messages", {"id": message_id, "text": text})
        seconds = round(time.monotonic() - started, 2)
        if answer is None:
            return Seen(0, seconds=seconds)
        found = answer.json()
        if answer.status_code == 200:
            return Seen(200, found["replies"], seconds=seconds)
        return Seen(answer.status_code, problem=f"{found['detail']}", seconds=seconds)

    def say(self, text: str) -> Sent:
        """Writes a message and sends it once."""
        message_id = str(uuid.uuid4())
        seen = self.send(message_id, text)
        return Sent(self, message_id, text, seen, seen)

    def history(self) -> list[dict[str, Any]]:
        """The conversation as the visitor finds it after a reload; empty when there is no answer."""
        answer = self.request("GET", "/chat/messages")
        if answer is None or answer.status_code != 200:
            return []
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


def at_once(*said: tuple[Visitor, str]) -> list[Sent]:
    """Messages of several visitors, all at the same time, each sent once."""
    with ThreadPoolExecutor(len(said)) as pool:
        return list(pool.map(lambda one: one[0].say(one[1]), said))
