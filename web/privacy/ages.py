"""Finds ages over 89."""

from __future__ import annotations

import re
from collections.abc import Iterator

from web.privacy.spans import Span, compiled
from web.privacy.word_lists import WORDS

_DIGIT = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_TENS = (
    r"(?:ninety|nin[et]{1,2}y|nintey|a hundred|one hundred|hundred)"
    rf"(?:[ -](?:and )?(?:{_DIGIT}|ten))?"
)
_OLD = rf"(?:9\d|1[01]\d|{_TENS})"
_YEARS = (
    r"(?:[ -]?(?:years?|yrs?|yr)[ -]*(?:old|of age|young)|[ -]?y[./]?o\b\.?|[ -]?a[\u00f1n]os|[ -]year[ -]olds?"
    r"|ish years old)"
)
_WHO = (
    r"(?:be|someone|somebody|anyone|being|i|i am|i'?m|im|he|she|he is|she is|he'?s|she'?s|hes|shes|who is|who'?s"
    r"|they'?re|they are|is|are|mom|mum|mother|dad|father"
    r"|grandma|grandpa|grandmother|grandfather|nana|aunt|uncle|husband|wife|me|patient)"
)
#: What such a number counts when it is no age.
_COUNTED = (
    r"[ -]?(?:%|percent|per cent|mg|mcg|ml|cc|mph|kg|kilos?|lbs?|pounds?|oz|ounces?|min(?:ute)?s?|sec(?:ond)?s?"
    r"|hours?|hrs?|h\b|days?|weeks?|wks?"
    r"|months?|mos?\b|years? (?!old|of age|young)|years?$|a[\u00f1n]os (?:de |en |sin )|dollars?|bucks?|usd|grand"
    r"|cents?|euros?|miles?|mi\b|km|feet|ft|foot|inch\w*|degrees?|f\b|sessions?|infusions?"
    r"|treatments?|doses?|pills?|tabs?|tablets?|people|persons?|patients?|participants|times|x\b|points?|pts"
    r"|calories|proof|sure|certain|beats|bpm"
    r"|words?|gigs?|gb\b|a day|at once"
    r"|reasons?|things?|questions?|fever|out of|of (?:them|the|those|people|my)|or (?:so )?more|plus|other"
    r"|different|more|kids|pages|messages|emails|stairs|steps|blocks|bpm"
    r"|clean|sober|am\b|pm\b|over|mil\b|thousand|million|hundred|watts?|volts?|hz|on the|or nothing|to (?=\d)|"
    r"(?:st|th|s)\b)"
)
#: Somebody who may be so old is spoken of.
_SOMEBODY = compiled(
    r"\b(?:i'?m|i am|my|me|he|she|he'?s|she'?s|hers?|his|him|mother|mom|mum"
    r"|mama|dad|father|papa|grand\w+|nana|bubbe|aunt|uncle|husband"
    r"|wife|at (?=9\d|1[01]\d)|parents?|someone|somebody|who|old|age|aged"
    r"|birthday|born|turn\w*|compie|nonn[oa]|oma|opa|granny|gramps|centenarian|still kicking|elderly|widow\w*"
    r"|man|woman|lady|gentleman|male|female|patient"
    r"|abuel\w+|a\u00f1os|resident)\b"
)
#: Characters before and behind a number in which such a word is looked for.
_NEAR = 50
#: A number by itself, where nothing says that it counts something else.
_BARE = compiled(
    rf"(?<![\w$#.,:/+'\u2019-])(?<!\$ )(?<!over )(?<!route )(?<!than )(?<!under )(?<!below )(?<!above )(?<!hwy )"
    rf"(?<!highway )(?<!interstate )(?<!of )"
    rf"(?<!to )(?<!room )(?<!apt )(?<!exit )(?<!the )(?<!by )(?<!for )(?<!at like )(?<!number )(?<!mg )"
    rf"(?<!weigh )(?<!line )(?<!fever )(?<!fever of )(?<!temp )(?<!temperature )(?<!rate )(?<!pulse )"
    rf"(?<!bpm )(?<!sugar )(?<!oxygen )(?<!its )(?<!it's )(?<!la )(?<!el )"
    rf"((?:9\d|1[01]\d)\u00bd?|ninety(?:[ -]{_DIGIT}|(?![ -]{_DIGIT}\b)))\b"
    rf"(?!{_COUNTED})(?![/:-]?\d|[.,]\d|\u00b0| ?[-\u2013] ?\d)(?! \d)(?! [A-Z][a-z]+ (?:St|Ave|Rd|Dr)\b)"
)
_AGES = (
    compiled(r"\b(?:my|his|her|their) (?:(?:early|mid|late)[ -]?)?(nineties)\b"),
    re.compile(r"(?<![\w-])(9\d|10\d)(?= ?(?:[MF]|yo|y/o)\b)"),
    re.compile(r"(?:(?<= [MF])|(?<=^[MF])|(?<=\b[MF]/))(9\d|10\d)\b"),
    compiled(r"\bbig (nine[ -]?oh?|9[ -]?[0o])\b"),
    compiled(r"\b(?:bis)?abuel[oa]s? de (9\d|10\d)\b"),
    compiled(rf"\b(ninety[ -]{_DIGIT}) (?=y(?:ea)?rs?\b)"),
    compiled(rf"\b({_OLD}\u00bd?)(?={_YEARS})"),
    _BARE,
    compiled(
        rf"\b(?:aged?|turn(?:s|ed|ing)?|tengo|tiene|cumpl(?:e|o|i\u00f3)|edad|{_WHO})(?: (?:is|of|de|just|es|now"
        rf"|almost|nearly|about|already))?"
        rf"[ :,=]{{1,2}}({_OLD}\u00bd?)\b(?!{_COUNTED})"
    ),
)
#: What stands before a number that is a year, a road, what is taken or had, or a measure: "in 95", "on 94", "took 90",
#: "heat index is 109", "burning up 105".
_NO_AGE_BEFORE = compiled(
    r"(?:\b(?:in|on|got|gets?|takes?|took|taking|taken|swallow(?:s|ed|ing)?)(?: (?:like|about|over|some|all))?"
    r"|\b(?:pulse|heart ?rate|pressure|fever|temp(?:erature)?|index|sugar|oxygen|weigh\w*|burning)\b"
    r"[^.!?,;\n\d]{0,15}) $"
)
#: "depression 101": what is taught to beginners, unless what stands before it is said of somebody.
_COURSE = compiled(rf"\b(?!(?:{_WHO}|am|was|at|of|aged?|turn\w*|nearly|almost|now|about|just|to|be)\b)[a-z]+ (?=101\b)")
#: "90 lexapro".
_MEDICINE = compiled(r" (?:" + "|".join(map(re.escape, sorted(WORDS["substances"]))) + r")\b")


def ages(text: str) -> Iterator[Span]:
    """Ages over 89 (those that HIPAA's safe harbor counts as identifying, 45 CFR 164.514(b)(2)(i)(C))."""
    for pattern in _AGES:
        for found in pattern.finditer(text):
            if _MEDICINE.match(text, found.end(1)) or (pattern is _BARE and not _is_bare_age(text, found)):
                continue
            yield found.span(1)


def _is_bare_age(text: str, found: re.Match[str]) -> bool:
    """Whether a number by itself is somebody's age, by the words around it."""
    start, end = found.span(1)
    before = text[max(0, start - _NEAR) : start]
    if _NO_AGE_BEFORE.search(before) or (found[1] == "101" and _COURSE.search(before + found[1])):
        return False
    return _SOMEBODY.search(before + text[start : end + _NEAR]) is not None
