"""Replies as the Chat API's Reply objects, made from the texts in domain.yml and the numbers in data/clinic.yml.

Rasa's reply maker and the door both make their replies here, so a card reads the same whether Rasa is up or not.
Files are read once, at import.
"""

from __future__ import annotations

import string
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from safety.decision import Decision

ROOT = Path(__file__).resolve().parent.parent


def _read(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as file:
        return cast("dict[str, Any]", yaml.load(file, Loader=yaml.CSafeLoader))


#: Name, phone and crisis lines by key, as they stand in data/clinic.yml.
CLINIC: dict[str, str] = _read(ROOT / "data" / "clinic.yml")
#: Sections of the page by id: title and anchor.
SECTIONS: dict[str, dict[str, str]] = _read(ROOT / "data" / "page.yml")["sections"]
#: Responses of domain.yml by name: a list of variations each.
RESPONSES: dict[str, list[dict[str, Any]]] = _read(ROOT / "domain.yml")["responses"]

#: What a number or an address, named in braces in a text, becomes to tap: (label, address), with the value for {}.
_LINKS: dict[str, tuple[tuple[str, str], ...]] = {
    "clinic_phone": (("Call the clinic: {}", "tel:+1{}"),),
    "lifeline": (("Call {}", "tel:{}"), ("Text {}", "sms:{}")),
    "lifeline_chat": (("Chat at {}", "https://{}/chat"),),
    "emergency": (("Call {}", "tel:{}"),),
    "poison_help": (("Call Poison Help: {}", "tel:+{}"),),
    "domestic_violence": (("Call the hotline: {}", "tel:+{}"),),
}

Reply = dict[str, Any]


def _links(template: str) -> list[dict[str, str]]:
    """Links for the numbers that a text names, in the order in which it names them."""
    links: list[dict[str, str]] = []
    for _, key, _, _ in string.Formatter().parse(template):
        for label, href in _LINKS.get(key or "", ()):
            value = CLINIC[cast(str, key)]
            bare = value if href.startswith("https:") else value.replace("-", "")
            link = {"label": label.format(value), "href": href.format(bare)}
            if link not in links:
                links.append(link)
    return links


def _choices(names: list[str], responses: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, str]]:
    """Topics to tap. What is sent when one is tapped is its own label."""
    labels = [responses[f"utter_{name}"][0]["metadata"]["label"] for name in names]
    return [{"label": label, "text": label} for label in labels]


def compose(
    responses: Mapping[str, list[dict[str, Any]]],
    name: str,
    *,
    notes: tuple[str, ...] = (),
    choices: list[str] | None = None,
    manner: str = "",
    words: Mapping[str, str] | None = None,
) -> Reply:
    """Makes one Reply object.

    Args:
        responses: texts by response name, each with variations, as in domain.yml.
        name: the topic; the text is that of ``utter_<name>``.
        notes: further topics whose text is added as a last line ("risk_note", "care_line").
        choices: topics to offer instead of those in the text's own metadata.
        manner: "other_words" for the text's other wording, where it has one; "again" for the same with a word that
            it was asked before.
        words: values for names in braces that are not in data/clinic.yml.

    Returns:
        id, kind, text, source (section title and url, or None), links, choices: see docs/chat-api.md.

    Raises:
        KeyError: there is no such text, or it names something in braces that has no value.
    """
    response = responses[f"utter_{name}"][0]
    metadata = response["metadata"]
    text = metadata.get("other_words", response["text"]) if manner else response["text"]
    lead = [responses["utter_again"][0]["text"].strip()] if manner == "again" else []
    template = "\n".join([*lead, text.strip(), *(responses[f"utter_{note}"][0]["text"].strip() for note in notes)])
    section = SECTIONS[metadata["section"]] if "section" in metadata else None
    return {
        "id": str(uuid.uuid4()),
        "kind": metadata["kind"],
        "text": template.format_map({**CLINIC, **(words or {})}),
        "source": section and {"section": section["title"], "url": f"{CLINIC['page_url']}#{section['anchor']}"},
        "links": _links(template),
        "choices": _choices(metadata.get("next", []) if choices is None else choices, responses),
    }


def in_language(responses: Mapping[str, list[dict[str, Any]]], name: str, language: str) -> str:
    """The topic whose text is in that language ("crisis_es"), or the topic itself where there is none."""
    translated = f"{name}_{language}"
    return translated if f"utter_{translated}" in responses else name


def reply(name: str) -> Reply:
    """One Reply made without Rasa, from domain.yml as it stands on disk: greeting, a card, or "unavailable"."""
    return compose(RESPONSES, name)


def without_rasa(decision: Decision) -> list[Reply]:
    """What a visitor reads when Rasa gave no answer: the card for the danger that the floor saw, or "unavailable"."""
    return [reply(in_language(RESPONSES, decision.intent or "unavailable", decision.language))]
