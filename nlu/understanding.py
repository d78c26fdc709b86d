"""From a message to what it asks: which parts of it are questions of their own, and what each of them is.

The judging is the head's (``classify``); this module decides what its probabilities mean. Nothing here knows Rasa.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.tokens import Doc

from nlu.questions import MAX_PARTS, asks, clauses, sentences
from safety.replies import RESPONSES

#: Kind of reply for each intent ("answer", "not_on_page", "personal", ...), from domain.yml.
KINDS: dict[str, str] = {
    name.removeprefix("utter_"): variations[0]["metadata"]["kind"] for name, variations in RESPONSES.items()
}
#: Intents that a "did you mean" can offer: those whose reply has a label to tap.
OFFERED = {name for name in KINDS if "label" in RESPONSES[f"utter_{name}"][0]["metadata"]}
#: Kinds that are questions for the page or the clinic. Anything else in a message is company for them ("hi", "thanks").
ANSWERABLE = ("answer", "not_on_page", "personal")
#: Questions about the chat itself. In front of another question they are asked all the same.
ABOUT_THE_CHAT = ("bot_challenge", "privacy_readers", "privacy_delete", "capabilities")
#: Personal words that ask nothing when a question stands beside them, and no danger either.
COMPANY = ("personal_story", "human_handoff", "other_language")

#: Topics on which the page speaks of ketamine and of no other medicine.
OF_KETAMINE = (
    *(
        "what_is_it",
        "club_drug",
        "history",
        "anesthetic_use",
        "mental_health_breakthrough",
        "onset",
        "suicidality_info",
    ),
    *("frequency", "procedure", "dose_setter", "slow_infusion", "session_length", "patient_experience", "mechanism"),
    *("mechanism_certainty", "brain_areas", "inflammation", "inflammation_and_mood", "research_outlook"),
    *("psychotherapist", "why_cbt", "who_is_it_for", "when_to_start"),
)
#: Words by which a question that names another medicine is about the treatment all the same ("is it like Prozac").
_THE_TREATMENT = re.compile(
    r"\b(ketamine|ket|its?|this|that|these|those|they|your|here|infusions?|(?<!\ba )treatments?|drip|iv|sessions?)\b",
    re.IGNORECASE,
)
#: Words that only look like those: the other medicine's own sessions, and an "it" that stands for nothing.
_NOT_THE_TREATMENT = (
    r"{medicine}\W+(infusions?|treatments?|sessions?|drip|iv)\b|\bis it (true( that)?|certain|known|clear|ever)\b"
)

#: How open a piece of a sentence is to topics that the sentence as a whole does not speak of.
_OPEN = 0.005
#: Words from which a piece is read inside its sentence.
_WORDY = 3

Ranking = list[tuple[str, float]]
Classify = Callable[[Sequence[str]], list[Ranking]]


@dataclass(frozen=True)
class Thresholds:
    """Probabilities (0 to 1) at which something is taken for understood. docs/decisions/intent-head.md has the curves.

    Attributes:
        sure: an intent is taken as it is.
        sure_of_kind: the intents of one kind together; enough to say "not on this page" or "only the clinic can".
        part: each part of a message, for it to be cut there.
        beside: a part next to one that is clear, for it to count as asked too and not as the story around it.
        clear_part: a part with words enough of its own, for it to be cut there whatever the message as a whole seems
            to be about.
        support: how far down the ranking of the message as a whole an intent of a part may stand (a rank, not a
            probability), for it to count as asked.
    """

    sure: float = 0.25
    sure_of_kind: float = 0.4
    part: float = 0.6
    beside: float = 0.7
    clear_part: float = 0.9
    support: int = 4


@dataclass(frozen=True)
class Understood:
    """What a message asks.

    Attributes:
        questions: in the order asked; each with ``text``, ``intent``, ``confidence`` (0 to 1), ``answerable`` (a
            question for the page or the clinic), ``words`` (values for a reply's names in braces) and, for the intent
            ``unsure``, ``candidates`` (intents to offer). At least one, unless all of the message is risky.
        ranking: all intents with their probability for the whole message, the likeliest first.
    """

    questions: list[dict[str, Any]]
    ranking: Ranking


def understand(doc: Doc, classify: Classify, thresholds: Thresholds, risky: Sequence[str] = ()) -> Understood:
    """Understands a message.

    Args:
        doc: the message, with sentences and entities.
        classify: ranks the intents of texts.
        thresholds: see :class:`Thresholds`.
        risky: parts that carry a danger. They are answered by a card; only clear questions beside them are taken here,
            and there may be none.
    """
    in_clauses = [[c for c in clauses(s) if c not in risky] for s in sentences(doc)[:MAX_PARTS]]
    if risky:
        in_clauses = [cut for cut in in_clauses if cut]
        if not in_clauses:
            return Understood([], [])
    in_sentences = [" ".join(cut) for cut in in_clauses] if risky else sentences(doc)[:MAX_PARTS]
    whole = " ".join(in_sentences) if risky else doc.text.strip()
    in_sentences, in_clauses = in_sentences or [whole], in_clauses or [[whole]]
    texts = list(dict.fromkeys([whole, *in_sentences, *(part for cut in in_clauses for part in cut)]))
    rankings = dict(zip(texts, classify(texts)))

    parts: list[dict[str, Any]] = []
    for sentence, cut in zip(in_sentences, in_clauses):
        pieces = _asked(cut, rankings, sentence, thresholds)
        parts += pieces if len(pieces) > 1 else [decide(sentence, rankings[sentence], thresholds)]
    likely = _likeliest(rankings[whole], thresholds)
    asked = [
        part
        for part in parts
        if _is_asked(part) and (part["intent"] in likely or _stands_alone(part) or _is_clear(part, thresholds))
    ]
    if len({part["intent"] for part in asked}) < 2:
        asked = [_clearest(decide(whole, rankings[whole], thresholds), asked)]
    questions = _each_once(_without_story(asked, thresholds))
    if risky:
        questions = [q for q in questions if q["answerable"] and q["confidence"] >= thresholds.part and asks(q["text"])]
    medicines = [entity.text for entity in doc.ents if entity.label_ == "drug"]
    for question in questions:
        question["words"] = _words(doc, question["text"])
        if _is_of_another_medicine(question, medicines):
            question["intent"] = "other_not_on_page"
    return Understood(questions, rankings[whole])


def _asked(
    pieces: list[str], rankings: dict[str, Ranking], sentence: str, thresholds: Thresholds
) -> list[dict[str, Any]]:
    """The pieces of a sentence that are questions by themselves, and that the whole sentence speaks of as well.

    A piece out of its sentence may look like anything ("..., is it?"); what does not stand high for the
    sentence as a whole is not asked in it.
    """
    likely = _likeliest(rankings[sentence], thresholds)
    found = [
        decide(piece, _within(piece, rankings[piece], rankings[sentence]), thresholds)
        for piece in pieces
        if len(pieces) > 1
    ]
    return [
        piece
        for piece in found
        if _is_asked(piece)
        and piece["confidence"] >= thresholds.part
        and (piece["intent"] in likely or _is_clear(piece, thresholds))
    ]


def _within(piece: str, ranking: Ranking, around: Ranking) -> Ranking:
    """A piece's ranking, read inside its sentence: "how long do they take" speaks of what the rest speaks of."""
    if len(piece.split()) < _WORDY:
        return ranking  # "is it": next to nothing of its own, so all would come from the sentence
    whole = dict(around)
    read = [(name, probability * (whole.get(name, 0.0) + _OPEN)) for name, probability in ranking]
    total = sum(probability for _, probability in read)
    return sorted(((name, probability / total) for name, probability in read), key=lambda pair: -pair[1])


def _is_asked(part: dict[str, Any]) -> bool:
    """Whether a part is a question that a reply of its own may answer."""
    return part["answerable"] or (part["intent"] in ABOUT_THE_CHAT and asks(part["text"]))


def _is_clear(part: dict[str, Any], thresholds: Thresholds) -> bool:
    return part["confidence"] >= thresholds.clear_part and asks(part["text"]) and len(part["text"].split()) > 1


def _stands_alone(part: dict[str, Any]) -> bool:
    """A whole question whose topic has no name here: it stands for a kind, so the whole message does not rank it."""
    return part["intent"] == "other_not_on_page" and part["text"].endswith("?") and len(part["text"].split()) > 2


def _likeliest(ranking: Ranking, thresholds: Thresholds) -> set[str]:
    return {name for name, _ in ranking[: thresholds.support]}


def _clearest(whole: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole message, or its one question when that is clearer than the story around it."""
    best = max(parts, key=lambda part: float(part["confidence"]), default=None)
    if (
        best is not None
        and best["answerable"]
        and (not whole["answerable"] or best["confidence"] > whole["confidence"])
    ):
        return best
    return whole


def _without_story(asked: list[dict[str, Any]], thresholds: Thresholds) -> list[dict[str, Any]]:
    """The parts less what only leads up to a question: statements, but for facts about a person, and what is vague."""
    if any(asks(question["text"]) for question in asked):
        asked = [q for q in asked if asks(q["text"]) or KINDS[q["intent"]] == "personal"]
    if max(q["confidence"] for q in asked) >= thresholds.clear_part:
        asked = [q for q in asked if q["confidence"] >= thresholds.beside]
    return asked


def _each_once(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The questions, each intent once, and one personal one at most: all of those end in the same call."""
    asked = [question for question in questions if question["intent"] not in COMPANY] or questions
    kept: dict[str, dict[str, Any]] = {}
    for question in asked:
        kept.setdefault("personal" if question["intent"].startswith("personal_") else question["intent"], question)
    return list(kept.values())


def decide(text: str, ranking: Ranking, thresholds: Thresholds) -> dict[str, Any]:
    """One part's intent: the likeliest where it is sure, else the kind where that is, else "unsure" with candidates.

    Args:
        text: the part, kept in the result.
        ranking: intents of the part, the likeliest first.
        thresholds: see :class:`Thresholds`.

    Returns:
        a question without its ``words`` (see :class:`Understood`).
    """
    intent, confidence = ranking[0]
    question: dict[str, Any] = {"text": text, "intent": intent, "confidence": round(confidence, 4)}
    if confidence < thresholds.sure:
        kinds: dict[str, float] = {}
        for name, probability in ranking:
            kinds[KINDS[name]] = kinds.get(KINDS[name], 0.0) + probability
        kind = max(kinds, key=lambda name: kinds[name])
        question["confidence"] = round(kinds[kind], 4)
        if kinds[kind] >= thresholds.sure_of_kind and kind in ("not_on_page", "personal", "fallback"):
            likeliest = next(name for name, _ in ranking if KINDS[name] == kind)
            question["intent"] = "other_not_on_page" if kind == "not_on_page" else likeliest
        else:
            question["intent"] = "unsure"
            question["candidates"] = [name for name, _ in ranking if name in OFFERED][:3]
    question["answerable"] = KINDS[question["intent"]] in ANSWERABLE
    return question


def _is_of_another_medicine(question: dict[str, Any], medicines: Sequence[str]) -> bool:
    """Whether a question that the page answers for ketamine is asked of a medicine of which it says nothing."""
    if question["intent"] not in OF_KETAMINE or "drug" not in question["words"]:
        return False
    for medicine in medicines:
        only_alike = _NOT_THE_TREATMENT.format(medicine=re.escape(medicine))
        text = re.sub(only_alike, "", question["text"], flags=re.IGNORECASE)
        if _THE_TREATMENT.search(text):
            return False
    return True


def _words(doc: Doc, text: str) -> dict[str, str]:
    """The condition and the medicine that a part names, under their usual names."""
    found: dict[str, str] = {}
    for entity in doc.ents:
        if entity.text in text and entity.label_.islower():
            found.setdefault(entity.label_, entity.ent_id_ or entity.text)
    return found
