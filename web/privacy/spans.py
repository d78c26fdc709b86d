"""What the finders of identifiers share: a find is a place in the text, a pattern does not mind capitals."""

from __future__ import annotations

import re

#: Where a private part of a text begins and ends.
Span = tuple[int, int]


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern in which capitals and small letters are the same."""
    return re.compile(pattern, re.IGNORECASE)
