"""What every answer owes whoever sent something bad, and the count of what was sent."""

from __future__ import annotations

import http
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from safety.replies import CLINIC

#: Seconds within which there has to be an answer.
PATIENCE = 5.0
#: What nobody outside may read: stacks, files, libraries.
INTERNALS = re.compile(
    r"(?i:traceback|site-packages|File \"|\bline \d+, in\b|\w\.py\b|gunicorn|django|pydantic|sqlite|psycopg|werkzeug)"
    r"|\b[A-Z]\w+(?:Error|Exception)\b|<class '|0x[0-9a-f]{8}"
)
#: What of a page is not read: Django's own pages have its name in attributes.
_MARKUP = re.compile(r"<script.*?</script>|<[^>]*>", re.DOTALL)
_NUMBERS = tuple(CLINIC[name] for name in ("clinic_phone", "lifeline", "emergency"))
#: Findings of one kind that are kept in full; the rest is counted.
_KEPT = 20


@dataclass(frozen=True)
class Answer:
    """An answer over HTTP, whichever client brought it.

    Attributes:
        status: the HTTP status; 0 where the connection ended without an answer.
        headers: their names in small letters.
        content: the body.
        seconds: from sending to the last byte.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    seconds: float

    @property
    def refused(self) -> bool:
        """Whether it says that the request cannot be taken."""
        return not 200 <= self.status < 400

    @property
    def unavailable(self) -> bool:
        """Whether it is the reply of a door whose Rasa did not answer."""
        return b'"kind": "unavailable"' in self.content


@dataclass
class Tally:
    """What was sent of one kind, and what came of it.

    Attributes:
        sent: how many.
        answered: with what was asked for, or a useful reply.
        refused: in words.
        unavailable: answered by the door because Rasa did not answer.
        slowest: seconds of the slowest.
        broken: promises that were not kept; ``findings`` has the first of them in words.
    """

    sent: int = 0
    answered: int = 0
    refused: int = 0
    unavailable: int = 0
    slowest: float = 0.0
    broken: int = 0
    findings: list[str] = field(default_factory=list)

    def note(self, what: str, answer: Answer, finding: str) -> None:
        """Counts an answer; ``finding`` says what is wrong with it, if anything is."""
        self.sent += 1
        self.refused += answer.refused
        self.answered += not answer.refused
        self.unavailable += answer.unavailable
        self.slowest = round(max(self.slowest, answer.seconds), 3)
        if finding:
            self.find(f"{what}: {finding}")

    def find(self, finding: str) -> None:
        """Counts a promise that was not kept."""
        self.broken += 1
        if len(self.findings) < _KEPT:
            self.findings.append(finding[:400])

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def _broken(answer: Answer) -> str:
    """What every answer owes, of the door and of the console: what is wrong, or nothing."""
    if answer.status == 0:
        return "the connection ended without an answer"
    if answer.status >= 500 and answer.status != http.HTTPStatus.NOT_IMPLEMENTED:  # that is for codings nobody knows
        return f"status {answer.status}: {answer.content[:120]!r}"
    if answer.seconds > PATIENCE:
        return f"took {answer.seconds:.1f} seconds"
    return ""


def broken_by_door(answer: Answer) -> str:
    """What is wrong with an answer of the Chat API, in a few words; nothing when it keeps its promise.

    An answer is JSON; a refusal is a problem (RFC 9457) in words, with the numbers to call, and shows no internals.
    """
    found = _broken(answer)
    kind = answer.headers.get("content-type", "")
    if found or not answer.content:
        return found
    if not answer.refused:
        return "" if kind.startswith("application/json") else f"answered with {kind}"
    if kind != "application/problem+json":
        return f"status {answer.status} with {kind}: {answer.content[:120]!r}"
    return _broken_problem(answer)


def _broken_problem(answer: Answer) -> str:
    try:
        problem = json.loads(answer.content)
    except ValueError:
        return "a problem that is no JSON"
    if problem.get("status") != answer.status or not {"type", "title", "code", "request_id"} <= set(problem):
        return f"a problem without its members: {sorted(problem)}"
    if any(number not in problem.get("detail", "") for number in _NUMBERS):
        return f"no number to call in {problem.get('detail')!r}"
    shown = INTERNALS.search(answer.content.decode())
    return f"shows {shown[0]!r}" if shown else ""


def broken_by_console(answer: Answer, sent: str = "") -> str:
    """What is wrong with an answer of a page of the staff, in a few words; nothing when it keeps its promise.

    Args:
        answer: the answer.
        sent: all that was sent; what of it comes back is no internal.
    """
    found = _broken(answer)
    if found:
        return found
    kind = answer.headers.get("content-type", "")
    if answer.refused and not kind.startswith("text/html"):
        return f"status {answer.status} is no page: {kind}, {answer.content[:120]!r}"
    if answer.refused and b"</h1>" not in answer.content:
        return f"status {answer.status} without words"
    if not kind.startswith("text/html"):
        return ""
    read = _MARKUP.sub(" ", answer.content.decode())
    shown = next((hit[0] for hit in INTERNALS.finditer(read) if hit[0] not in sent), "")
    return f"shows {shown!r}" if shown else ""
