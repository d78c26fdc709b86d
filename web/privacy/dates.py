"""Finds dates of birth, in words and in digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from web.privacy.spans import Span, compiled

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct"
    r"(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre)\b\.?"
)
_ORDINAL = (
    r"(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh"
    r"|twelfth|thirteenth|fourteenth"
    r"|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth"
)
_DAY_IN_WORDS = (
    r"(?:twenty |thirty )?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|[a-z]{3,6}teen|twenty|thirty)"
)
_DAY = rf"(?:(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?|{_ORDINAL}|(?<=[a-z] ){_DAY_IN_WORDS})\b"
_NUMBER_WORD = (
    r"(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)"
)
_YEAR = r"(?:19\d\d|20[0-2]\d)\b"
_IN_WORDS = (
    rf"(?:{_MONTH}[ ,]{{0,2}}(?:the )?{_DAY}|(?:the )?{_DAY}[ -]{{0,2}}(?:of |de |day of )?[- ]?{_MONTH}|{_MONTH})"
    rf"[ ,-]{{0,3}}(?:of |de |del |in )?"
)
_IN_DIGITS = (
    r"(?:\d{1,4}[ ]?[./\\-][ ]?\d{1,2}(?:[ ]?[./\\-][ ]?\d{2,4})?|\d{1,2} \d{1,2} (?:19|20)?\d\d|\d{8}|\d{6})(?!\d)"
)
_BIRTH = (
    r"\b(?:d\.? ?o\.? ?b\.?|d/o/b|y\.?o\.?b\.?|birth(?: year)?|year of birth|b\.(?= ?\d)|cumple|turn(?:s|ed"
    r"|ing)? \d\d|f\.? ?nac\.?|baby of|birth[ -]?dates?|dates? of (?:birth|brith|brth|bith|birht)|birth[ -]?days?"
    r"|b[ -]?day|born|birthed"
    r"|nacid[oa]|nac[i\u00ed]|naci[o\u00f3]|nacieron|turned \d\d"
    r"|fecha de nacimiento|fec\.? nac\.?|nacimiento|cumplea[n\u00f1]os|cumplo(?: a[\u00f1n]os)?)(?![^\W\d_])"
)
_BIRTH_FILLER = (
    r"(?:[\s:=,#(-]*\b(?:is|was|it'?s|on|in|the|es|el|en|date|back|year|a\u00f1o|mine|my|yes|and|i"
    r"|am|put|says?)\b){0,4}[\s:=,#(-]*"
)
_BORN = compiled(
    rf"{_BIRTH}{_BIRTH_FILLER}((?:el )?(?:{_IN_WORDS}(?:{_YEAR}|['\u2019]?\d\d\b)?|{_IN_DIGITS}|{_YEAR}"
    rf"|{_NUMBER_WORD}(?:[ ,-]{{1,2}}(?:and )?{_NUMBER_WORD}){{2,7}})[a-z]{{0,2}}\b)"
)
#: "born on Halloween of 1989".
_BORN_LATER = compiled(
    rf"\b(?:born|nac[i\u00ed])\b[^.!?\d\n]{{1,40}}?((?:(?:new year'?s?|christmas|independence|valentine'?s?)"
    rf"(?: day| eve)? (?:of )?|halloween (?:of )?|thanksgiving (?:of )?)?{_YEAR})"
)
#: In a text that speaks of a birth.
_DATE_LIKE = compiled(
    rf"(?<![\w./-])((?:el )?(?:{_MONTH} {{0,2}}(?:the )?{_DAY}|(?:the )?{_DAY}[ -]{{0,2}}(?:of |de )?{_MONTH})"
    rf"(?:[ ,.-]{{0,3}}(?:of |del? |in )?(?:{_YEAR}|['\u2019]?\d\d\b))?"
    rf"|{_MONTH}[ ,.-]{{0,3}}(?:of |del? )?(?:{_YEAR}|['\u2019]?\d\d\b)|\d\d? \d\d? (?:19|20)?\d\d|"
    rf"(?<=born )['\u2019]?\d\d\b|(?<=born in )['\u2019]?\d\d\b|\d{{1,2}}[ ]?[./\\-][ ]?\d{{1,2}}"
    rf"(?:[ ]?[./\\-][ ]?\d{{2,4}})?|{_YEAR}|['\u2019][4-9]\d\b|\d{{8}}(?!\d))(?![\w/-])"
)
#: A whole date with a year in which a grown-up can be born; a later one is more often that of a study or an approval.
_WHOLE = compiled(
    rf"\b((?:el )?(?:{_MONTH} {{0,2}}(?:the )?{_DAY}|(?:the )?{_DAY}[ -]{{0,2}}(?:of |de )?{_MONTH})"
    rf"[ ,.-]{{0,3}}(?:of |de |del )?(?:19\d\d|200\d|201[0-2]|['\u2019][3-9]\d)\b)"
)
#: "im a 1970 baby".
_BABY_OF = compiled(r"\b(?:im|i'm|i am|she's|hes|he's) a ((?:19\d\d|['\u2019]?\d\d)(?='?s? (?:baby|kid|child)\b))")
_DOTTED = re.compile(
    r"(?<![\d.])((?:0?[1-9]|[12]\d|3[01])[./\\-](?:0?[1-9]|[12]\d|3[01])[./\\-](?:19|20)?\d\d)(?![\d.]*\d)"
)
_YEAR_FIRST = re.compile(r"(?<![\d.])((?:19|20)\d\d[./\\-](?:0?[1-9]|1[0-2])[./\\-](?:0?[1-9]|[12]\d|3[01]))(?!\d)")


_DATE_PIECE = (
    rf"(?:{_MONTH}|{_ORDINAL}|\d{{1,2}}(?:st|nd|rd|th)?|['\u2019]?\d\d|(?:19|20)\d\d|{_NUMBER_WORD}|(?:mon|tues"
    rf"|wednes|thurs|fri|satur|sun)day"
    r"|spring|summer|fall|autumn|winter|day|month|year)\b"
)
_DATE_LINK = r"[ ,./\\-]{1,3}(?:(?:of|the|in|de|del|el|day|year)\b[ ,]{1,2}){0,2}"
_MORE_DATE = compiled(
    rf"(?:{_DATE_LINK}{_DATE_PIECE}){{1,6}}(?! ?(?:mg|min|minutes|days|weeks|months|years|sessions|times|%))"
)
_DATE_BEFORE = compiled(rf"(?<![\w])(?:{_DATE_PIECE}{_DATE_LINK}){{1,6}}$")


def dates(text: str) -> Iterator[Span]:
    """Dates of birth in words or digits, and other whole dates of a grown-up's birth years, with all their parts."""
    for start, end in _dates(text):
        if after := _MORE_DATE.match(text, end):
            end = after.end()
        if before := _DATE_BEFORE.search(text[max(0, start - 40) : start]):
            start -= len(before.group())
        yield start, end


def _dates(text: str) -> Iterator[Span]:
    born = re.search(_BIRTH, text, re.IGNORECASE)
    if born:
        for found in _DATE_LIKE.finditer(text, max(0, born.start() - 60), born.end() + 90):
            yield found.span(1)
    for pattern in (_BORN, _BORN_LATER, _WHOLE, _BABY_OF, _DOTTED, _YEAR_FIRST):
        for found in pattern.finditer(text):
            if found.group(1).lower() not in ("may", "mar", "march"):
                yield found.span(1)
