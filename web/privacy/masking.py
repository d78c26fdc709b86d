"""Masks personal data in a text, before it is stored or passed on. docs/decisions/masking.md says why this way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from presidio_analyzer import EntityRecognizer, PatternRecognizer, RecognizerResult
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    DateRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    PhoneRecognizer,
    UsItinRecognizer,
    UsSsnRecognizer,
)

from safety.replies import CLINIC
from web.privacy import identifiers, numbers
from web.privacy.names import NameRecognizer

#: What a kind of personal data is replaced with.
MASKS = {
    "PHONE_NUMBER": "[phone]",
    "EMAIL_ADDRESS": "[e-mail]",
    "US_SSN": "[id number]",
    "US_ITIN": "[id number]",
    "CREDIT_CARD": "[card number]",
    "IBAN_CODE": "[account number]",
    "IP_ADDRESS": "[address]",
    "DATE_TIME": "[date]",
    "LONG_NUMBER": "[number]",
    "MEMBER_NUMBER": "[id number]",
    "PERSON": "[name]",
    "USER_NAME": "[name]",
    "STREET_ADDRESS": "[address]",
    "ZIP_CODE": "[zip code]",
    "AGE": "[age]",
    "LINK": "[link]",
}
#: Below this a pattern needs words around it that only the whole engine weighs: "4/7" is no month.
SURE_ENOUGH = 0.35

#: Kinds that may go on behind what their recogniser sees.
_NUMBERS = ("PHONE_NUMBER", "US_SSN", "US_ITIN", "CREDIT_CARD", "MEMBER_NUMBER", "LONG_NUMBER")

#: Kinds that are made of words, which may be words of danger ("93 ... dr" is no street then).
_WORDS = ("PERSON", "STREET_ADDRESS")

#: What a language model would have found out about the text.
_NO_ARTIFACTS: Any = None

#: Presidio's own, those that need no context to be sure.
LIBRARY: list[EntityRecognizer] = [
    PhoneRecognizer(supported_regions=("US", "MX", "GB")),
    # The patterns of presidio's e-mail recogniser without its check of the domain, which asks the internet for a list.
    PatternRecognizer("EMAIL_ADDRESS", patterns=EmailRecognizer.PATTERNS, name="EmailPatterns"),
    UsSsnRecognizer(),
    UsItinRecognizer(),
    CreditCardRecognizer(),
    IbanRecognizer(),
    IpRecognizer(),
    DateRecognizer(),
]
_NAMES: list[EntityRecognizer] = [NameRecognizer()]
RECOGNIZERS: list[EntityRecognizer] = [*LIBRARY, *identifiers.RECOGNIZERS, *_NAMES]


def _written(number: str) -> str:
    """Pattern for a telephone number however its digits are grouped."""
    digits = "".join(character for character in number if character.isdecimal())
    return r"(?<!\d)(?:\+?1[\s.-]*)?\(?" + r"[\s().-]*".join(digits[-10:]) + r"(?!\d)"


#: The clinic's and the crisis lines' numbers, which are never masked. Those of three digits are too short for any mask.
_PUBLIC = re.compile(
    "(" + "|".join(_written(value) for value in CLINIC.values() if re.search(r"\d{3}\D*\d{4}", value)) + ")"
)


def mask(text: str, keep: Sequence[str] = ()) -> str:
    """Replaces personal data in a text with words in brackets, such as ``[phone]``.

    Finds what has a form (numbers, addresses, dates, links) and names that are introduced. docs/privacy.md says how
    much of it is found, and what is not.

    Args:
        text: what a visitor typed, of any length.
        keep: words in it that raised an alarm (the floor leaves names out of them): none of them is taken for a
            name or a part of an address.

    Returns:
        the text with each find replaced. The clinic's own number and the crisis lines stay as they are.
    """
    masked: list[str] = []
    end = 0
    kept = [span for words in keep if words for span in _places(words, text)]
    for find in finds(text):
        if find.entity_type in _WORDS and any(find.start < stop and start < find.end for start, stop in kept):
            continue
        masked += [text[end : find.start], MASKS[find.entity_type]]
        end = find.end
    return "".join([*masked, text[end:]])


def _places(words: str, text: str) -> Iterator[tuple[int, int]]:
    """Where some words stand in a text, however they are spaced and whatever their case."""
    pattern = r"\W+".join(re.escape(word) for word in words.split()) or r"(?!)"
    return (found.span() for found in re.finditer(pattern, text, re.IGNORECASE))


def finds(text: str) -> list[RecognizerResult]:
    """What is to be hidden in a text, in its order; no two overlap, and none touches a public number."""
    found: list[RecognizerResult] = []
    start = 0
    for number, piece in enumerate(_PUBLIC.split(text)):  # every second one is a public number
        if number % 2 == 0:
            found += _apart(_in_piece(piece), start)
        start += len(piece)
    return found


def _apart(found: list[RecognizerResult], start: int) -> Iterator[RecognizerResult]:
    """Finds that overlap as one, by the first of them; their places counted from another start."""
    open_find: RecognizerResult | None = None
    for find in found:
        if open_find is not None and find.start < open_find.end:
            open_find.end = max(open_find.end, find.end)  # what one leaves of another is hidden with it
            continue
        if open_find is not None:
            yield _moved(open_find, start)
        open_find = find
    if open_find is not None:
        yield _moved(open_find, start)


def _moved(find: RecognizerResult, by: int) -> RecognizerResult:
    return RecognizerResult(find.entity_type, find.start + by, find.end + by, find.score)


def _in_piece(text: str) -> list[RecognizerResult]:
    """What is to be hidden, by place; of those that begin at the same place the longest and surest first."""
    found = [
        find
        for recognizer in (RECOGNIZERS if identifiers.MAY_HOLD_ONE.search(text) else _NAMES)
        for find in recognizer.analyze(text, recognizer.supported_entities, _NO_ARTIFACTS) or []
        if find.score >= SURE_ENOUGH
    ]
    for find in found:
        if find.entity_type in _NUMBERS:
            find.end = numbers.grown(text, find.end)
    return sorted(found, key=lambda find: (find.start, -find.end, -find.score))
