"""Splits a message into the parts that may each be a question of its own. Text in, texts out; no judging."""

from __future__ import annotations

import re

from spacy.tokens import Doc

#: Words that a question or a request begins with; a part is cut before "and" only where one of them follows.
_STARTERS = (
    "what|what's|whats|how|how's|hows|when|when's|where|where's|wheres|who|who's|whos|why|which|whose|is|isn't|isnt|are|"
    "aren't|arent|do|don't|dont|does|doesn't|doesnt|did|can|can't|cant|could|would|will|won't|wont|should|shall|has|have|"
    "am|was|were|may|might|must|i|i'd|i'm|im|it|my|if|tell|give|also|any|there|then|whether|about|since|after|in"
)
#: ", and how ...", "; also is ...", " plus what ...", "/ where ..."
_JOINT = re.compile(
    rf"\s*(?:[,;/&+]\s*|\s)(?:(?:and|also|plus|or|but|n|&)\s+)+(?=(?:then\s+|also\s+)?(?:{_STARTERS})\b)"
    rf"|\s*[,;/]\s*(?=(?:{_STARTERS})\b)",
    re.IGNORECASE,
)
#: "1) ...", "2. ...", "- ..." at the start of a line
_BULLET = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])(?:\s+|$)")
#: "a) ... b) ...", "1. ... 2. ..." within a line
_ITEM = re.compile(r"(?:^|\s)(?:[a-h]|\d{1,2})\s?\)\s|(?:^|\s)\d{1,2}\.\s")
#: Where a sentence ends though spaCy does not see it: a line's end, and a question mark without a space behind it.
_END = re.compile(r"\s*[\r\n]+\s*|(?<=[?!])(?=\w)")
#: A question mark, a word of asking anywhere, or a verb in front ("does it", "isnt it")
_ASKS = re.compile(
    r"\?|\b(?:what|whats|how|hows|when|where|wheres|who|whos|why|which|whose|whether|wonder\w*|explain|tell"
    r"|curious|give me|(?:want|need|like) to (?:know|understand|book|schedule))\b"
    r"|^\W*(?:(?:so|ok|okay|and|well|but|or|also)\W+)*"
    r"(?:is|are|do|does|did|can|could|would|will|should|shall|has|have|am|was|were|may|might|must|wo|ca|any)(?:n'?t)?\b",
    re.IGNORECASE,
)
#: Parts longer than this many are not looked at: nobody asks so many things at once.
MAX_PARTS = 12


def sentences(doc: Doc) -> list[str]:
    """The sentences of a message, without list marks, empty ones left out."""
    if len(_ITEM.findall(doc.text)) > 1:
        pieces = [piece for item in _ITEM.split(doc.text) for piece in _END.split(item)]
    else:
        pieces = [piece for span in doc.sents for piece in _END.split(span.text)]
    found = (_BULLET.sub("", piece).strip(" -*•\t") for piece in pieces)
    return [text for text in found if any(c.isalnum() for c in text)]


def clauses(sentence: str) -> list[str]:
    """A sentence cut where another question seems to begin ("how long is it and who decides the dose").

    Returns:
        at least one text; the sentence itself when there is nowhere to cut.
    """
    parts = [part.strip(" ,;/") for part in _JOINT.split(sentence)]
    return [part for part in parts if any(c.isalnum() for c in part)] or [sentence]


def parts_of(doc: Doc) -> list[str]:
    """All parts of a message, at most :data:`MAX_PARTS`; the whole text when it holds no word."""
    found = [part for sentence in sentences(doc) for part in clauses(sentence)]
    return found[:MAX_PARTS] or [doc.text.strip()]


def asks(part: str) -> bool:
    """Whether a part has the form of a question."""
    return _ASKS.search(part.strip()) is not None
