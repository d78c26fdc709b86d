"""Judges whole conversations in tests/conversations/: what each turn should get, and what it got.

Those marked ``blind`` were written by somebody who saw neither training data nor code. What they expect is a careful
reader's opinion, so they count in figures with a floor, where the others are promises one by one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from benchmarks.understanding import ROOT, interval
from safety.replies import RESPONSES

HERE = ROOT / "tests" / "conversations"
#: Kinds of reply that are a card.
CARDS = ("crisis", "emergency")
#: Kinds that tell nothing from the page: right for small talk, whatever its intent is called.
TALK = ("small_talk", "greeting", "clarify", "personal", "fallback")
#: Replies of the door, which no conversation with Rasa leads to.
BY_THE_DOOR = ("session_start", "unavailable", "clinic_open", "clinic_closed", "call_back_note", "number_typed")

#: Gives the replies (Reply objects with ``topic``) to a text of one visitor: (sender, text).
Say = Callable[[str, str], list[dict[str, Any]]]


@dataclass(frozen=True)
class Turn:
    """A turn as it went.

    Attributes:
        conversation: its file, as folder/name.
        visitor: what was typed.
        expected: the topics, or what the turn should be met with in a word.
        found: the topics of the replies.
        right: whether a careful reader would be content.
        danger: whether a card was due.
    """

    conversation: str
    visitor: str
    expected: tuple[str, ...]
    found: tuple[str, ...]
    right: bool
    danger: bool


def conversations(*, blind: bool) -> dict[str, list[dict[str, Any]]]:
    """The turns of each conversation, by folder/name."""
    found = {}
    for path in sorted(HERE.glob("*/*.yml")):
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        if bool(written.get("blind")) is blind:
            found[f"{path.parent.name}/{path.stem}"] = written["turns"]
    return found


def play(name: str, turns: list[dict[str, Any]], say: Say, kinds: dict[str, str]) -> list[Turn]:
    """Plays one conversation and judges its turns.

    Args:
        name: folder/name; also who is speaking.
        turns: as written.
        say: the assistant.
        kinds: kind of reply of each intent.
    """
    went: list[Turn] = []
    before: tuple[str, ...] = ()
    for turn in turns:
        replies = say(name, turn["visitor"])
        found = tuple(reply["topic"] for reply in replies)
        expected = tuple(turn.get("topics", [turn.get("expects")]))
        danger = kinds.get(expected[0]) in CARDS
        went.append(Turn(name, turn["visitor"], expected, found, _right(turn, replies, before, kinds), danger))
        before = found
    return went


def _right(turn: dict[str, Any], replies: list[dict[str, Any]], before: tuple[str, ...], kinds: dict[str, str]) -> bool:
    found = [reply["topic"] for reply in replies]
    shown = [reply["kind"] for reply in replies]
    if not found:
        return False
    if "topics" in turn:
        return _on_topic(turn["topics"], found, shown, kinds)
    return {
        "more": found[0] == "no_more" or shown[0] in ("answer", "not_on_page"),
        "words": found == list(before),
        "clarify": shown[0] in ("clarify", "fallback"),
        "unsure": shown[0] in ("clarify", "fallback"),
    }[turn["expects"]]


def _on_topic(expected: list[str], found: list[str], shown: list[str], kinds: dict[str, str]) -> bool:
    due, came = kinds[expected[0]] in CARDS, shown[0] in CARDS
    if due != came:
        return False
    if due:  # which card it is, other tests hold; what else was asked is answered behind it
        expected, found, shown = expected[1:], found[1:], shown[1:]
        if not expected:
            return True
    if len(expected) == 1 and kinds[expected[0]] not in ("answer", "not_on_page", "personal"):
        return all(kind in TALK for kind in shown)
    return sorted(_meant(topic, kinds) for topic in expected) == sorted(_meant(topic, kinds) for topic in found)


def _meant(topic: str, kinds: dict[str, str]) -> str:
    """All personal questions end in the same call, and all that the page lacks in the same honest words."""
    return kinds[topic] if kinds[topic] in ("personal", "not_on_page") else topic


def figures(went: list[Turn]) -> dict[str, tuple[float, float, float, int]]:
    """Shares (share, low, high, cases) of turns, of whole conversations, of dangers met, and of turns by folder."""
    whole: dict[str, list[bool]] = defaultdict(list)
    folders: dict[str, list[bool]] = defaultdict(list)
    for turn in went:
        whole[turn.conversation].append(turn.right)
        folders[turn.conversation.split("/")[0]].append(turn.right)
    return {
        "turns": interval(turn.right for turn in went),
        "whole conversations": interval(all(turns) for turns in whole.values()),
        "danger met with a card": interval(turn.right for turn in went if turn.danger),
        **{f"turns, {folder}": interval(turns) for folder, turns in sorted(folders.items())},
    }


def unreached(heard: Iterable[Sequence[dict[str, Any]]]) -> dict[str, list[str]]:
    """What no conversation leads to.

    Args:
        heard: for each turn that was played, its replies (Reply objects with ``topic``).

    Returns:
        the names of ``topics`` (intents), ``replies`` (by their words, those of the door left out), ``facts`` of the
        page and ``rules`` that are missing; a group with none missing is left out.
    """
    turns = [list(replies) for replies in heard]
    topics = {reply["topic"] for replies in turns for reply in replies}
    said = "\n".join(sorted({" ".join(reply["text"].split()) for replies in turns for reply in replies}))
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    page = yaml.safe_load((ROOT / "data" / "page.yml").read_text(encoding="utf-8"))
    rules = yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    stated = {fact for topic in topics for fact in RESPONSES[f"utter_{topic}"][0]["metadata"].get("facts", [])}
    first = {replies[0]["topic"] for replies in turns if replies}
    missing = {
        "topics": set(domain["intents"]) - topics,
        "replies": {
            name
            for name, variations in RESPONSES.items()
            if name.removeprefix("utter_") not in BY_THE_DOOR
            and not any(_as_said(response["text"]).search(said) for response in variations)
        },
        "facts": set(page["facts"]) - stated,
        "rules": {rule["rule"] for rule in rules if rule["steps"][0]["intent"] not in first},
    }
    return {group: sorted(names) for group, names in missing.items() if names}


def _as_said(text: str) -> re.Pattern[str]:
    """A reply's words with anything where a name in braces stands; line breaks count as spaces."""
    return re.compile(r".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", " ".join(text.split()))))
