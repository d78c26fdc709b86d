"""The network between widget and door is cut: before the request arrives, after the answer left, in its middle."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.chaos.gate import Passage, Rule
from benchmarks.chaos.parts import Parts
from benchmarks.chaos.trial import During, Row, play
from benchmarks.chaos.visitors import Visitor

FAULT = "the network to the door is cut"
LOST = ("no answer",)


def _answer_lost(passage: Passage) -> None:
    passage.forward()
    passage.cut()


#: What is done at the door, and whether the door has the message when it happens.
STEPS: dict[str, tuple[Rule, bool]] = {
    "the request is lost": (Passage.cut, False),
    "the answer is lost": (_answer_lost, True),
    "half of the answer arrives": (lambda passage: passage.give(passage.forward(), share=0.5), True),
}


def run(parts: Parts) -> Iterator[Row]:
    """Each step, for messages; then for a request to be called, and for a deletion."""
    for step, (rule, arrived) in STEPS.items():
        asked = parts.to_rasa.posts

        @contextmanager
        def fault(rule: Rule = rule) -> Iterator[During]:
            parts.front.rule = lambda passage: (rule if passage.path == "/chat/messages" else Passage.pass_on)(passage)
            yield During()
            parts.front.rule = None

        row = play(parts, Row(FAULT, step), fault, sees=LOST, danger_sees=LOST, told=(_nobody_need_know,))
        # Before, the question, and the danger: Rasa is asked once for each, however often it was sent.
        row.promise(parts.to_rasa.posts - asked == 3, f"Rasa was asked {parts.to_rasa.posts - asked} times, not 3")
        if arrived and not row.broken:
            row.visitor += ", as it was stored"
        yield row
    yield _call_back(parts)


def _nobody_need_know(*_: object) -> str:
    return "nobody has to"


def _call_back(parts: Parts) -> Row:
    """The answer to a request to be called is lost, and the form sent again."""
    row = Row(FAULT, "the answer to a call-back request is lost")
    visitor = Visitor(parts.url)
    body = {
        "id": str(uuid.uuid4()),
        "name": "Ann",
        "phone": "(312) 555-0188",
        "topic": "",
        "best_time": "any",
        "leave_message": False,
        "consent": True,
        "language": "en",
    }
    parts.front.rule = _answer_lost
    first = visitor.request("POST", "/chat/callbacks", body)
    parts.front.rule = None
    again = visitor.request("POST", "/chat/callbacks", body)
    row.promise(first is None, "the answer was not lost: this says nothing")
    row.promise(again is not None and again.status_code == 200 and again.json()["kept"], "sent again it is not kept")
    client_id = uuid.UUID(str(body["id"])).hex
    kept = parts.log.rows(f"select conversation_id from handoff_callback where client_id = '{client_id}'")
    alerts = parts.log.rows(
        "select count(*) from handoff_alert a join handoff_callback c on a.call_back_id = c.id"
        f" where c.client_id = '{client_id}'"
    )
    row.promise(len(kept) == 1, f"{len(kept)} requests are kept")
    row.promise(alerts == [["1"]], "there is not one alert for it")
    row.visitor = "no answer: the form stays; sent again: kept"
    row.log, row.staff = "1 request, once", "one alert"
    return row
