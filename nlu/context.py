"""What a message leans on: the topics before it, and what was offered to tap.

"and how often?", "tell me more", "what do you mean", "the second one" and "no, I meant the drip" say little by
themselves. Here they get the topic that they speak of. Rasa's tracker is read in one place, :meth:`Context.of`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.understanding import ANSWERABLE, KINDS, Classify, Ranking, Thresholds, Understood, decide
from safety.replies import RESPONSES

#: Key of a question: how its answer is put. "again": it was answered before; "other_words": said in other words.
MANNER = "manner"
#: Where the beginning of a conversation that was cut short (nlu/state.py) says what was told before.
EARLIER = "earlier"
#: Turns that a message may lean on.
_REACH = 6
#: The page's topics by section, in the page's order.
_BY_SECTION: dict[str, list[str]] = {}
for _name, _variations in RESPONSES.items():
    _metadata = _variations[0]["metadata"]
    if _metadata["kind"] == "answer" and not _name.endswith("_es"):
        _BY_SECTION.setdefault(_metadata["section"], []).append(_name.removeprefix("utter_"))

#: "no, I meant ...": what follows is asked instead of what was answered.
_CORRECTION = re.compile(
    r"^(?:(?:no+|nope|nah|sorry|wait|oh|actually|not that|that's not it|thats not it)\b[\s,.!-]*)+"
    r"(?:(?:i|what i)\s+(?:meant|mean|was asking(?: about)?|am asking(?: about)?|wanted)\b|(?:but\s+)?(?:the|about)\b)"
    r"|^(?:i|what i)\s+meant\b",
    re.IGNORECASE,
)
#: Words with which a message points back, and openings that hang on what came before.
_LEANS = re.compile(
    r"^\W*(?:and|but|so|or|then|what about|how about|ok(?:ay)?|also)\b"
    r"|\b(?:it|its|that|this|they|them|those|these|one)\b",
    re.IGNORECASE,
)
#: A bare "why": the topic itself is asked for in more words.
_WHY = re.compile(
    r"^\W*(?:(?:and|but|ok|okay|so|hm+|huh|oh)\W+)*"
    r"(?:why(?: (?:is that|so|not|though|that|tho))?|how so|how come|how is that|what for|meaning|in what way|really"
    r"|like what)\W*$",
    re.IGNORECASE,
)
#: An answer to a list by place, and nothing else: "the second one please", not "how long does it last".
_PLACE = re.compile(
    r"^\W*(?:(?:yes|yeah|ok|okay|i mean|i meant|maybe|probably|it's|its|the|that|number|option|no\.?|#)\W*)*"
    r"(?:(?P<first>first|1st|former|top|one|1)|(?P<second>second|2nd|middle|two|2)|(?P<third>third|3rd|three|3)"
    r"|(?P<last>last|latter|bottom))"
    r"(?:\W+(?:one|option|question|topic|please|pls|thanks))*\W*$",
    re.IGNORECASE,
)
_PLACES = {"first": 0, "second": 1, "third": 2, "last": -1}
#: What the topic before counts for when a follow-up is read together with its question: they share most words.
_OLD_TOPIC = 0.4
#: Longer messages say by themselves what they are about.
_SHORT = 8
#: A message as short as this leans on the topic before it whatever its words ("in hours?").
_BARE = 3


@dataclass(frozen=True)
class Context:
    """What came before a message.

    Attributes:
        topics: what was answered, the latest first; at most a few turns back.
        asked: the words of the last question that was answered; empty when there was none.
        told: every topic answered in this conversation.
        offered: topics of the "did you mean" just before; empty when there was none.
        missed: the message just before was not understood.
    """

    topics: tuple[str, ...] = ()
    asked: str = ""
    told: frozenset[str] = frozenset()
    offered: tuple[str, ...] = ()
    missed: bool = False

    @classmethod
    def of(cls, tracker: DialogueStateTracker | None, key: str) -> Context:
        """Reads a conversation.

        Args:
            tracker: the conversation before the message, or None.
            key: where a message's parse data keep its questions.
        """
        turns: list[list[dict[str, Any]]] = []
        for event in reversed(tracker.events) if tracker is not None else ():
            if isinstance(event, UserUttered):
                turns.append((event.parse_data or {}).get(key) or [])
        near = [question for turn in turns[:_REACH] for question in reversed(turn)]
        topics = [q for q in near if KINDS.get(q["intent"]) in ANSWERABLE]
        last = turns[0] if turns else []
        return cls(
            topics=tuple(dict.fromkeys(q["intent"] for q in topics)),
            asked=topics[0]["text"] if topics else "",
            told=frozenset(earlier(tracker.events, key)["told"]) if tracker is not None else frozenset(),
            offered=tuple(name for q in last if q["intent"] == "unsure" for name in q.get("candidates", ())),
            missed=any(q["intent"] == "unsure" for q in last),
        )


def earlier(events: Iterable[Event], key: str) -> dict[str, Any]:
    """What is still read of a conversation however long ago it was.

    Args:
        events: the conversation, or what is left of one that was cut short.
        key: where a message's parse data keep their questions.

    Returns:
        ``told`` (every topic answered, sorted) and ``benefit`` (whether a reply told of a benefit, and so carried the
        note on risks).
    """
    told: set[str] = set()
    benefit = False
    for event in events:
        if isinstance(event, UserUttered):
            asked = [q["intent"] for q in (event.parse_data or {}).get(key) or []]
            told.update(intent for intent in asked if KINDS.get(intent) in ANSWERABLE)
        elif isinstance(event, BotUttered):
            benefit = benefit or any(reply.get("benefit") for reply in event.metadata.get("replies", []))
        elif isinstance(event, SessionStarted) and (before := event.metadata.get(EARLIER)):
            told.update(before["told"])
            benefit = benefit or before["benefit"]
    return {"told": sorted(told), "benefit": benefit}


def in_context(
    found: Understood, text: str, classify: Classify, thresholds: Thresholds, context: Context
) -> list[dict[str, Any]]:
    """The questions of a message, with what they lean on put in.

    Args:
        found: what the message says by itself.
        text: the message.
        classify: ranks the intents of texts.
        thresholds: see :class:`nlu.understanding.Thresholds`.
        context: what came before.

    Returns:
        the questions; a topic that was answered before, or is asked for in other words, has a :data:`MANNER`.
    """
    questions = found.questions
    if len(questions) == 1:
        questions = [_one(questions[0], text, found.ranking, classify, thresholds, context)]
    for question in questions:
        if question["intent"] == "unsure" and context.missed:
            question["intent"] = "out_of_scope"  # no second "did you mean" in a row
    return [_marked(question, context) for question in questions]


def _one(
    question: dict[str, Any],
    text: str,
    ranking: Ranking,
    classify: Classify,
    thresholds: Thresholds,
    context: Context,
) -> dict[str, Any]:
    words = text.split()
    if context.offered and (chosen := _chosen(question["intent"], text, context.offered)):
        return _turned_to(question, chosen)
    if not context.topics:
        return question
    topic = context.topics[0]
    if question["intent"] == "rephrase":
        return _turned_to(question, topic) | {MANNER: "other_words"}
    if question["intent"] == "tell_me_more" or _WHY.match(text):
        return _turned_to(question, _next_of(topic, context.told))
    leans = len(words) <= _BARE or (len(words) <= _SHORT and _LEANS.search(text))
    if correction := _CORRECTION.match(text):
        rest = text[correction.end() :].strip(" ,.:") or text
        mixed = _mixed(classify([rest])[0], _with(rest, classify, context), (topic,))
    elif leans and (not question["answerable"] or question["confidence"] < thresholds.part):
        mixed = _mixed(ranking, _with(text, classify, context), ())
    else:
        return question
    return _better(question, decide(text, mixed, thresholds))


def _chosen(intent: str, text: str, offered: Sequence[str]) -> str | None:
    """The offered topic that "yes" or "the second one" stands for; "out_of_scope" where none was meant."""
    if found := _PLACE.match(text):
        place = _PLACES[str(found.lastgroup)]
        return offered[place] if place < len(offered) else None
    return {"affirm": offered[0], "deny": "out_of_scope"}.get(intent)


def _next_of(topic: str, told: frozenset[str]) -> str:
    """What more there is to a topic.

    Returns:
        the next topic of its section of the page that was not told yet; "no_more" when there is none; the topic itself
        when it is none of the page's: that the page does not say it, or that only the clinic can, stays true.
    """
    if KINDS[topic] != "answer":
        return topic
    section = _BY_SECTION[RESPONSES[f"utter_{topic}"][0]["metadata"]["section"]]
    place = section.index(topic)
    return next((name for name in [*section[place:], *section[:place]] if name not in told), "no_more")


def _turned_to(question: dict[str, Any], intent: str) -> dict[str, Any]:
    return {"text": question["text"], "intent": intent, "confidence": question["confidence"]} | {
        "answerable": KINDS[intent] in ANSWERABLE,
        "words": {},
    }


def _with(text: str, classify: Classify, context: Context) -> Ranking:
    """Ranking of a message said together with the question before it, whose own topic then counts for less."""
    [ranking] = classify([f"{context.asked} {text}"])
    return [(name, p * _OLD_TOPIC if name == context.topics[0] else p) for name, p in ranking]


def _mixed(alone: Ranking, together: Ranking, less: Sequence[str]) -> Ranking:
    """Mean of two rankings; topics in ``less`` are left out (a correction says that they were not meant)."""
    second = dict(together)
    both = {name: (p + second[name]) / 2 for name, p in alone if name not in less}
    total = sum(both.values()) or 1.0
    return sorted(((name, p / total) for name, p in both.items()), key=lambda item: -item[1])


def _better(question: dict[str, Any], mixed: dict[str, Any]) -> dict[str, Any]:
    """What is understood with the context, where that is a question; else what was understood without."""
    return mixed | {"words": question["words"]} if mixed["answerable"] else question


def _marked(question: dict[str, Any], context: Context) -> dict[str, Any]:
    """A topic of the page that was answered shortly before is acknowledged and said in other words."""
    if MANNER not in question and question["intent"] in context.topics[:2] and KINDS[question["intent"]] == "answer":
        return question | {MANNER: "again"}
    return question
