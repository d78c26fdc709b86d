"""Plays one fault: two visitors write during it, one asks and one is in danger; then the log is asked what it holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from benchmarks.chaos.log import Kept, Log, kept
from benchmarks.chaos.parts import Parts, wait_until
from benchmarks.chaos.visitors import CRISIS, EARLIER, QUESTION, Sent, Visitor, at_once
from benchmarks.load.servers import Part

#: Seconds for what happens by itself once a fault is over: a message that waited is stored, an alert arrives.
BY_ITSELF = 30.0
#: Seconds within which a card has to come where the door is alive, on a busy machine too. The table has the seconds.
CARD_WITHIN = 8.0


@dataclass
class Row:
    """One line of the table.

    Attributes:
        fault: what was done.
        step: of a turn, when it was done.
        visitor: what who asked reads.
        danger: what who is in danger reads.
        log: what the log holds afterwards.
        staff: how the staff learn of it.
        back: seconds until the part served again by itself.
        broken: promises that were not kept, in words.
        not_run: why it was not run, and how it can be.
    """

    fault: str
    step: str = ""
    visitor: str = ""
    danger: str = ""
    log: str = ""
    staff: str = ""
    back: float | None = None
    broken: list[str] = field(default_factory=list)
    not_run: str = ""

    def promise(self, kept_it: object, words: str) -> None:
        """Notes that something has to be so."""
        if not kept_it:
            self.broken.append(words)


@dataclass
class During:
    """What a fault leaves for its row.

    Attributes:
        happened: whether it took place.
        since: when, by the monotonic clock.
        back: seconds from then until its part served again.
        remark: more about the step.
        told: where else the staff saw it.
    """

    happened: bool = True
    since: float = field(default_factory=time.monotonic)
    back: float | None = None
    remark: str = ""
    told: str = ""

    def wait_for(self, part: Part) -> None:
        """Waits until a part that was killed serves again by itself."""
        self.happened = wait_until(part.is_ready) is not None and self.happened
        self.back = round(time.monotonic() - self.since, 1)


Fault = Callable[[], AbstractContextManager[During]]
#: Says how the staff learn of it, or nothing where they do not.
Told = Callable[[Parts, dict[str, int], list[Kept]], str]


def play(
    parts: Parts,
    row: Row,
    fault: Fault,
    *,
    sees: Sequence[str],
    danger_sees: Sequence[str] = ("crisis",),
    told: Sequence[Told] = (),
    question: str = QUESTION,
) -> Row:
    """Plays a fault and fills its row.

    Args:
        parts: that run.
        row: with ``fault`` and ``step``.
        fault: makes the fault while its block runs; when it ends, the parts are whole again.
        sees: what who asks may get at the first try (:attr:`Seen.kind`).
        danger_sees: what who is in danger may get then.
        told: each has to say something.
        question: what is asked.
    """
    asker, endangered = Visitor(parts.url), Visitor(parts.url)
    before = asker.say(EARLIER)
    marks = parts.marks()
    with fault() as during:
        sent = at_once((asker, question), (endangered, CRISIS))
    row.back = during.back
    row.promise(during.happened, "the step was not reached: this says nothing")
    for one in sent:
        one.insist()
    first_question, first_danger = (one.first for one in sent)
    row.visitor, row.danger = (_read(one) for one in sent)
    row.danger += f" after {first_danger.seconds:.1f} s" if first_danger.is_card else ""
    row.step += f", {during.remark}" if during.remark else ""
    row.promise(first_question.kind in sees, f"who asks sees {first_question.kind}, not {' or '.join(sees)}")
    row.promise(first_danger.kind in danger_sees, f"who is in danger sees {first_danger.kind}")
    row.promise(first_danger.status == 0 or first_danger.is_card, "the card lacks a number")
    late = first_danger.is_card and first_danger.seconds > CARD_WITHIN
    row.promise(not late, f"the card comes after {first_danger.seconds} s")
    row.promise(sent[1].last.is_card, "who is in danger never gets the card")
    found = _look(parts.log, row, [before, *sent])
    row.promise(found[-1:] and found[-1].alerts == 1, "there is not one alert for the danger")
    arrived = found[-1:] and wait_until(lambda: parts.told_of(found[-1].conversation), BY_ITSELF) is not None
    row.promise(arrived, "the alert for the danger does not arrive")
    evidence = [(word, word(parts, marks, found[1:])) for word in told]
    row.promise(all(words for _, words in evidence), "the staff are not told")
    row.staff = "; ".join(
        dict.fromkeys(
            [
                *(words for _, words in evidence if words),
                *([during.told] if during.told else []),
                *(["the alert for the danger arrives"] if arrived else []),
            ]
        )
    )
    print(
        f"  {row.fault}, {row.step}: {first_question.kind} / {first_danger.kind} ({first_danger.seconds} s)"
        f"{' BROKEN: ' + '; '.join(row.broken) if row.broken else ''}",
        flush=True,
    )
    return row


def _read(one: Sent) -> str:
    """What somebody reads at first, and at last."""
    return one.first.words() + (f"; sent again: {one.last.kind}" if one.first.status != 200 else "")


def _look(log: Log, row: Row, sent: list[Sent]) -> list[Kept]:
    """Compares the log with what visitors saw; notes it on the row. Gives the messages found.

    Each message is there once, with its words and the replies that were shown; sent again, it gets these. A card that
    was given while nothing could be stored has other ids than the one that is stored later, and the same words.
    """
    found: list[Kept] = []
    again = 0
    for one in sent:
        row.promise(one.last.status == 200, f"never answered: {one.text}")
        wait_until(lambda one=one: [m.state for m in kept(log, one.id)] == ["answered"], BY_ITSELF)  # type: ignore[misc]
        messages = kept(log, one.id)
        row.promise(messages, f"lost: {one.text}")
        row.promise(len(messages) < 2, f"stored {len(messages)} times: {one.text}")
        if len(messages) != 1:
            continue
        (message,) = messages
        found.append(message)
        row.promise(message.text == one.text, f"other words are stored: {message.text}")
        row.promise(message.state == "answered", f"without its replies: {one.text}")
        same = message.replies == one.last.ids
        stored_later = "crisis" in one.last.kind and message.failure == "log_unavailable"
        row.promise(same or stored_later, f"other replies are stored than were shown: {one.text}")
        asked_again = one.visitor.send(one.id, one.text)
        row.promise(asked_again.ids == message.replies, f"sent again it gets other replies: {one.text}")
        again += asked_again.ids == message.replies
    row.log = (
        f"{len(found)} of {len(sent)}, {'each' if again == len(sent) else f'{again} of them'} once with its replies"
    )
    return found


# --- faults -----------------------------------------------------------------------------------------------------------


@contextmanager
def nothing() -> Iterator[During]:
    """The fault is there already."""
    yield During()


# --- how the staff learn ----------------------------------------------------------------------------------------------


def marked(*reasons: str) -> Told:
    """The rows of the log say why Rasa's answer was not used. For who is in danger the door waits a second at most."""

    def look(_: Parts, __: dict[str, int], found: list[Kept]) -> str:
        marks = [message.failure for message in found]
        right = len(marks) == 2 and marks[0] in reasons and marks[1] in (*reasons, "time_limit", "busy")
        return f"row marked `{'`, `'.join(dict.fromkeys(marks))}`" if right else ""

    return look


def said(name: str, words: str) -> Told:
    """A part's log file has a line with these words."""

    def look(parts: Parts, marks: dict[str, int], _: list[Kept]) -> str:
        wait_until(lambda: words in parts.since(marks, name), 10)
        return f"log: “{words}”" if words in parts.since(marks, name) else ""

    return look


def counted(parts: Parts, metric: str) -> Told:
    """A counter of the door has grown since this was called."""
    process, start = parts.metric("process_start_time_seconds"), parts.metric(metric)

    def look(parts: Parts, _: dict[str, int], __: list[Kept]) -> str:
        same = parts.metric("process_start_time_seconds") == process
        return f"`{metric}`" if parts.metric(metric) > (start if same else 0) else ""

    return look
