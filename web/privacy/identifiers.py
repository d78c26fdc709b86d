"""The recognisers of identifiers, beside presidio's own: what is found, and by which function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerResult

from web.privacy.addresses import streets, zip_codes
from web.privacy.ages import ages
from web.privacy.dates import dates
from web.privacy.links import links, mails, user_names
from web.privacy.numbers import identity_numbers, long_numbers
from web.privacy.spans import Span, compiled

_SCORE = 0.7
#: Of two finds in the same place a number that is known for something wins over a number.
_LEAST = 0.36


class IdentifierRecognizer(EntityRecognizer):
    """Runs one function that finds spans."""

    def __init__(self, entity: str, find: Callable[[str], Iterator[Span]], score: float = _SCORE) -> None:
        """Takes what is found and what finds it.

        Args:
            entity: kind of what is found.
            find: gives the spans in a text.
            score: how sure a find is, 0 to 1.
        """
        self._find, self._score = find, score
        super().__init__(supported_entities=[entity], name=f"Own {entity}", supported_language="en")

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Finds them in a text of any length, in a time that grows with it evenly.

        Args:
            text: the text.
            entities: not used: there is one kind.
            nlp_artifacts: not used.
        """
        kind = self.supported_entities[0]
        return [
            RecognizerResult(kind, start, start + len(text[start:end].rstrip(" ,")), self._score)
            for start, end in self._find(text)
        ]


#: A text without any of this holds no identifier, and needs no further look: most messages are such.
MAY_HOLD_ONE = compiled(
    r"[\d@:/&]|www\.|DOT(?:com|net|org)|mailto|\b(?:ninety|nin\w{2,3}y|nineties|hundred|zero|oh|one|two|three|four"
    r"|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|thousand|street|road|avenue|ave|st|rd|ln|lane|dr|drive|ct|blvd|hall|towers?|and|y|cero|uno"
    r"|dos"
    r"|tres|cuatro|cinco|seis|siete|ocho"
    r"|nueve|live[sd]?|living|stay(?:s|ing)?|residents?|drive from|hits|meets|off|along|zip|code|born|birth\w*|b-?day"
    r"|dob|nac\w+|cumple\w*|at|arroba|corner|intersection)\b"
)
RECOGNIZERS: list[EntityRecognizer] = [
    IdentifierRecognizer("DATE_TIME", dates),
    IdentifierRecognizer("AGE", ages),
    IdentifierRecognizer("MEMBER_NUMBER", identity_numbers),
    IdentifierRecognizer("LONG_NUMBER", long_numbers, _LEAST),
    IdentifierRecognizer("EMAIL_ADDRESS", mails),
    IdentifierRecognizer("LINK", links),
    IdentifierRecognizer("USER_NAME", user_names),
    IdentifierRecognizer("STREET_ADDRESS", streets),
    IdentifierRecognizer("ZIP_CODE", zip_codes),
]
