"""Names for people: of kinds, topics, dangers, and of what a correction can make of a sentence."""

from __future__ import annotations

from functools import cache

from safety.replies import RESPONSES
from web.review.example_files import example_files

KINDS = {
    "answer": "Answered",
    "not_on_page": "Not on the page",
    "personal": "Personal",
    "crisis": "Crisis",
    "emergency": "Emergency",
    "clarify": "Asked back",
    "small_talk": "Small talk",
    "fallback": "Not understood",
    "unavailable": "No answer given",
    "greeting": "Greeting",
}
DANGERS = {
    "attempt": "Attempt or overdose",
    "body": "Bodily emergency",
    "violence": "Violence at home",
    "harm": "Threat to others",
    "crisis": "Crisis",
}
LANGUAGES = {"en": "English", "es": "Spanish", "other": "Another language"}
#: Intents whose danger the floor and the screen see; an example of one goes into data/risk/.
DANGER_INTENTS = {
    "crisis": "crisis",
    "crisis_third_party": "crisis",
    "self_harm_emergency": "attempt",
    "body_emergency": "body",
    "violence_at_home": "violence",
    "harm_to_others": "harm",
}
_GROUPS = {
    "answer": "On the page",
    "not_on_page": "Not on the page",
    "personal": "Personal",
    "small_talk": "Conversation",
    "clarify": "Conversation",
    "greeting": "Conversation",
    "fallback": "None of these",
}


def kind_of(topic: str) -> str:
    """Kind of the reply that a topic gets, empty for an unknown one."""
    variations = RESPONSES.get(f"utter_{topic}")
    return str(variations[0]["metadata"]["kind"]) if variations else ""


@cache
def topic(name: str) -> str:
    """A topic for people: the question that a visitor would tap, or its name in words."""
    if name in DANGER_INTENTS:
        return DANGERS[DANGER_INTENTS[name]]
    variations = RESPONSES.get(f"utter_{name}")
    label = variations[0]["metadata"].get("label") if variations else None
    if label:
        return str(label)
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else "None"


@cache
def intents() -> tuple[str, ...]:
    """The intents that a sentence can be an example of: those that have some."""
    names = (name.removeprefix("utter_") for name in RESPONSES)
    return tuple(name for name in names if name in example_files() and kind_of(name) in _GROUPS)


@cache
def targets() -> dict[str, dict[str, str]]:
    """What a correction can say that a sentence should have been: by group, name and label."""
    groups: dict[str, dict[str, str]] = {}
    for name in intents():
        groups.setdefault(_GROUPS[kind_of(name)], {})[name] = topic(name)
    groups["Danger"] = {
        **{f"danger:{name}": label for name, label in DANGERS.items()},
        "danger:crisis_other": "Crisis of somebody else",
        "danger:none": "No danger: it only sounded like it",
    }
    return groups


def target(name: str) -> str:
    """The label of one of :func:`targets`, or the name where it is none."""
    return next((labels[name] for labels in targets().values() if name in labels), topic(name))
