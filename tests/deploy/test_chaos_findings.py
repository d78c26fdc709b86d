"""What `make chaos` says of the log can be believed: whatever is lost, doubled or changed breaks its row."""

import uuid
from types import SimpleNamespace

import pytest

from benchmarks.chaos import trial
from benchmarks.chaos.trial import Row
from benchmarks.chaos.visitors import Seen, Sent

MESSAGE, REPLY, OTHER, TALK = (str(uuid.UUID(int=number)) for number in range(1, 5))


class Log:
    """A log that holds these messages with that client's id, each with these replies."""

    def __init__(self, *messages, replies=(REPLY,)):
        self._messages, self._replies = messages, replies

    def rows(self, query):
        if "chat_reply" in query:
            return [[reply] for reply in self._replies]
        if "handoff_alert" in query:
            return [["0"]]
        return [[str(number), *message, TALK] for number, message in enumerate(self._messages)]


STORED = ("how long?", "answered", "", "none", "")


def broken(log, again=REPLY, kind="answer"):
    seen = Seen(200, [{"id": REPLY, "kind": kind, "text": "About 45 minutes."}])
    visitor = SimpleNamespace(send=lambda *_: Seen(200, [{"id": again, "kind": kind, "text": ""}]))
    row = Row("a fault")
    trial._look(log, row, [Sent(visitor, MESSAGE, "how long?", seen, seen)])
    return row.broken


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(trial, "BY_ITSELF", 0.0)


def test_what_is_as_it_was_shown_breaks_nothing():
    assert broken(Log(STORED)) == []


@pytest.mark.parametrize(
    ("log", "again", "finding"),
    [
        (Log(), REPLY, "lost"),
        (Log(STORED, STORED), REPLY, "stored 2 times"),
        (Log(("else?", *STORED[1:])), REPLY, "other words"),
        (Log((STORED[0], "waiting", *STORED[2:]), replies=()), REPLY, "without its replies"),
        (Log(STORED, replies=(OTHER,)), OTHER, "other replies are stored"),
        (Log(STORED, replies=(REPLY, OTHER)), REPLY, "other replies"),
        (Log(STORED), OTHER, "sent again it gets other replies"),
    ],
)
def test_a_loss_breaks_its_row(log, again, finding):
    assert any(finding in words for words in broken(log, again))


def test_a_card_may_be_stored_later_than_it_was_given_and_nothing_else():
    later = Log((*STORED[:2], "log_unavailable", "crisis", ""), replies=(OTHER,))
    assert broken(later, OTHER, "crisis") == []
    assert broken(later, OTHER, "answer") != []
