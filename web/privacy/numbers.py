"""Finds numbers of cards, members, policies, Medicare, social security, telephones, by form and the words around."""

from __future__ import annotations

import re
from collections.abc import Iterator

from web.privacy.names import is_ordinary
from web.privacy.spans import Span, compiled

_MARK = (
    r"(?:ids?|i\.d\.?|identification|identifier|numbers?|numbr|nmbr|nubmer|numer|num|nbr|no\.?"
    r"|n[\u00fau]mero|n[\u00ba\u00b0]|#|code|digits)"
)
_FILLER = (
    rf"(?:[\s:=#,(-]*(?:{_MARK}|\b(?:is|was|es|it'?s|its|of|mine|my|the|reads?|says?|on|card|plan|policy|de|mi"
    rf"|also|here|so|his|hers?|and|or|that|they|gave|me|i|have|got|we)\b)){{0,7}}[\s:=#,(-]*"
)
_HOLDER = (
    r"(?:member(?:ship)?|subscriber|policy(?:holder)?|medicare|medicaid|mbi|hicn?|group|grp|mrn|claim|beneficiary"
    r"|medical record"
    r"|patient id|health ?card|prior auth(?:orization)?|confirmation|rx ?bin|bin|pcn|driver'?s? ?licen[sc]e"
    r"|licen[sc]e|passport"
    r"|id card|member ?id"
    r"|afiliad[oa]|p[o\u00f3]liza|ssn|social(?: security)?|soc(?:ial)? sec|itin|tax ?id|tin|seguro social|ein)"
)
_SOFT = (
    r"(?:insur\w{1,8}|ins|plan|cert(?:ificate)?|case|patient|card|account|acct|chart|file|record|reference|ref"
    r"|aetna|cigna|humana|bcbs|blue ?cross"
    r"(?: blue ?shield)?|united ?health ?care|uhc|optum|kaiser|tricare|ambetter|anthem|va|rx|id|seguro|tarjeta"
    r"|routing|bank|customer"
    r"|invoice|order|employee|student|badge|plate|cuenta|expediente|prescription)"
)
_SPELLED = (
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|cero|uno|dos|tres|cuatro|cinco|seis"
    r"|siete|ocho|nueve)"
)
#: Medicare's number since 2018 (CMS, "Understanding the Medicare Beneficiary Identifier format"), in its three groups.
_MEDICARE_GROUPS = r"[1-9][a-z][a-z\d]\d{between}[a-z][a-z\d]\d{between}[a-z]{{2}}\d{{2}}"
_VALUE = (
    r"(?=[a-z0-9 -]{0,6}\d[a-z0-9 -]{0,20}\d)(?:[a-z]{1,4}[ /-]?)?[a-z0-9]*\d[a-z0-9]*"
    r"(?:(?: ?[./-] ?| )?[a-z0-9]*\d[a-z0-9]*|-[a-z0-9]{1,6}){0,10}"
)
_IDS = (
    compiled(rf"\b{_HOLDER}s?\b{_FILLER}\b({_VALUE})(?![\w])"),
    compiled(
        rf"\b{_SOFT}(?:'s)?\b[ ]?(?:(?:card|member|plan|policy|account|group|subscriber) )?{_MARK}{_FILLER}\b"
        rf"({_VALUE})(?![\w])"
    ),
    compiled(
        r"\b(?:(?:last|first) (?:three|four|five|[345])(?: digits?)?|(?:that |which )?(?:ends?|ending)(?: (?:in"
        r"|with|on))?|terminad[oa] en"
        r"|termina en|cvv2?|cvc|security code|pin(?: number)?)"
        r"(?: (?:digits?|of|my|the|on|phone|cell|ssn|social|social security|number|card|code|acct"
        r"|account)){0,5}(?: (?:is"
        r"|are|es|was))?[ :=#]{1,3}(\d{3,5})\b"
    ),
    # Five digits and more: "the number is 45 minutes" is none of anybody's.
    compiled(rf"\b(?:number|numbr|nmbr|num|no\.?) (?:is|was) (?=(?:[a-z -]*\d){{5}})({_VALUE})(?!\w)"),
    compiled(
        r"\b(?:exp(?:ires|iration|iry|\.)?(?: date)?|good (?:thru|through)|vence)[ :=]{1,3}(?:is |on )?("
        r"(?:0?[1-9]|1[0-2]) ?[/-] ?(?:20)?\d\d)\b"
    ),
    re.compile(r"(?<![\w*])([xX*#\u2022]{2,5}[- ]?[xX*#\u2022]{2,4}[- ]?\d{4})\b"),
    re.compile(r"(?<!\w)((?:[*xX\u2022]{3,12}|\.{2,4}|\u2026)[ -]?\d{4})\b"),
)
#: Numbers of five digits and more after a word of insurance, and of four after one of social security.
_AFTER_INSURANCE = compiled(
    r"\b(?:insur\w{1,8}|member\w*|subscriber|polic(?:y|ies)|medicare|medicaid|group|claim|aetna|cigna|humana|bcbs"
    r"|blue ?cross|united|uhc|kaiser|tricare"
    r"|ambetter|anthem|meridian|molina|oscar|optum|magellan|mrn|patient (?:id|number)|account|acct|seguro"
    r"|p[o\u00f3]liza)\b[^.!?\n$]{0,60}?"
    r"(?<![\w$./-])((?:[a-z]{1,4}[ -]?)?\d(?:[ -]?\d){4,18}(?:[ -](?-i:[A-Z]{1,3}))?)(?!\w|[.,]\d| ?(?:dollars"
    r"|bucks|deductible))"
)
_AFTER_SOCIAL = compiled(
    r"\b(?:ssn|ss ?#|soc|socials?|seguro social|itin)\b[^.!?\n$]{0,40}?(?<![\w$./])"
    r"(\d{3}[^\w\n]{0,3}\d{2}[^\w\n]{0,3}\d{4}|\d{9}|\d{4})(?!\w)"
)
#: Social security numbers, however their digits are parted.
#: Those that may be short, behind or before words that say what they are.
_SHORT = (
    compiled(r"(?<![\w$.-])(\d{4})(?= (?:is|are|was|one is) (?:the |my )?(?:last (?:four|4)|ssn|social|pin))"),
    re.compile(
        r"\b(?i:(?:starts?|begins?|ends?|ending|starting)(?: (?:with"
        r"|in))?) ((?:[A-Z]{1,4} )?(?=[A-Z\d]*\d)[A-Z\d]{3,8})\b"
    ),
    compiled(rf"\bi\.?d\.?(?: card)? ?[:=#]{{1,2}} ?({_VALUE})(?!\w)"),
    re.compile(
        r"\b(?i:(?:activation|access|verification|security|invite|log ?in|sign[- ]?up|portal) code)[^.!?\n]{0,20}?"
        r"(?<!\w)((?=[A-Z\d-]*\d)[A-Z\d][A-Z\d-]{3,20})(?!\w)"
    ),
    compiled(
        r"\b(?:group|member|policy|account|claim|pin|chart|id|code|mrn|auth)(?: (?:number|num|no|id|is|of))*[ #:]{1,2}"
        rf"((?:{_SPELLED}[ -]){{3,14}}{_SPELLED})\b"
    ),
    re.compile(r"(?<![\w&#])(#\d{4,12})(?!\w)"),
    compiled(rf"(?<![\w-])({_MEDICARE_GROUPS.format(between='[ -]')})(?!\w)"),
    compiled(r"\b(?:my|his|her|the) id(?: is|:) ((?=\w*\d)\w{4,20})\b"),
    compiled(
        r"\b(?:auth(?:orization)?|referral|badge|confirmation|tracking|plate|(?<!price )tag)(?: (?:code|number|no\.?"
        r"|is|#))*[ #:]{1,2}"
        r"((?-i:(?=[A-Z\d ]*\d[A-Z\d ]*\d)[A-Z\d][A-Z\d-]{1,12}(?: \d{2,4}){0,2}))(?!\w)"
    ),
)
_PARTED = re.compile(r"(?<![\w.-])\d{3}[ ]?[-._/\u2013 ][ ]?\d{2}[ ]?[-._/\u2013 ][ ]?\d{4}(?:-?[A-Z]\d?)?(?![\w-])")
_TWO_DIGITS = (
    r"(?:ten|eleven|twelve|[a-z]{3,5}teen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)|triple|hundred)"
)
#: As people say them: "seventy seven three five five five", "eight hundred 555 0144".
_SAID = compiled(
    rf"\b((?:(?:{_SPELLED}|{_TWO_DIGITS}|\d{{1,4}})(?:[\s,.-]{{1,3}}| / )){{3,14}}(?:{_SPELLED}|{_TWO_DIGITS}"
    rf"|\d{{1,4}}))(?!\w)"
)
_NUMBER_WORDS = compiled(
    rf"\b((?:[a-z] )?(?:\d{{1,4}}[\s,.-]{{1,3}})?{_SPELLED}(?:[\s,.-]{{1,3}}(?:{_SPELLED}|[b-hj-z]"
    rf"|\d{{1,4}})){{2,}}[\s,.-]{{1,3}}(?:{_SPELLED}|\d{{2,4}}))\b"
)
_MIXED = re.compile(
    r"(?<![\w@./-])[A-Za-z0-9]{1,24}(?:-[A-Za-z0-9]{1,24}){0,6}(?: \d{3,6}(?![\w-])){0,3}(?![\w@]|\.\w)"
)
#: Capitals and groups of digits, as on a card.
_GROUPS = re.compile(r"(?<![\w-])[A-Z]{1,4}[ -]?\d{0,6}(?:[ -]\d{2,6}){2,4}(?![\w-])")
#: Parts of a mixed word that are amounts, years or names of things: 100mg, 1960s, covid19, b12.
_AMOUNT = re.compile(r"\d+(?:st|nd|rd|th|s|x|[a-zA-Z]{0,7})")
_MEDICARE = compiled(_MEDICARE_GROUPS.format(between="-?"))
_LETTERS_FIRST = re.compile(r"[A-Za-z]+\d{0,2}")
#: Digits in a row, or parted by one or two marks: telephone, account, card numbers that no check digit proves.
_LONG = re.compile(
    r"(?<![\w.,$])\d(?:[\ufe0f\u20e3]{0,2}[ ]{0,2}[ .\u2010-\u2015/_()~*\u2022\u00b7|-]{0,2}[ ]?\d){6,}(?:,? ?"
    r"(?:x|ext\.?|extension) ?\d{1,6})?(?!\w)"
)
#: Telephone numbers with commas, with letters in the place of zeros, or in two steps.
_TELEPHONES = (
    re.compile(r"(?<![\w$])\(?\d{3}\)?, ?\d{3},? ?-?\d{4}(?!\w)"),
    re.compile(r"(?<![\w$])\(?[\doO]{3}\)?[ .-]{0,2}[\doO]{3}[ .-]{0,2}[\doO]{4}(?!\w)"),
    re.compile(r"(?<![\w-])(?:1[-. ])?\d{3}[-. ](?=[A-Z\d-]{0,8}[A-Z]{3})[A-Z\d]{3}[-. ]?[A-Z\d]{4}(?!\w)"),
    re.compile(r"(?i:area code )\(?\d{3}\)?(?:[^\d\n]{1,16}\d{3}[ .-]?\d{4})?(?!\w)"),
    re.compile(r"\b(?:ext\.?|extension) ?#?\d{3,6}(?!\w)", re.IGNORECASE),
    re.compile(r"(?<![\d$])\d{3}[ .-]?\d{7}(?!\d)"),
)
_AREA_IN_WORDS = compiled(rf"\barea (?:code )?(?:is )?((?:{_SPELLED}[ -]){{2}}{_SPELLED})\b")
#: The area code, some words before the rest.
_AREA_BEFORE = compiled(
    r"(?<![\w$.,-])(\d{3})(?=,? (?:and|then|thats?|that's|is|the)\b[^\d\n.!?]{0,30}\d{3}[ .-]?\d{4}(?!\d))"
)
_YEAR_SPAN = re.compile(r"(?:19|20)\d\d ?[-\u2013/ ] ?(?:19|20)\d\d")


#: What goes on from a number: more digits, letters that hang on it, digits in words.
_MORE_NUMBER = re.compile(
    rf"(?:,? ?\(?(?:x|ext|extension|room|rm|option|opt|press|ask for ext(?:ension)?)\.? ?#?(?:\d{{1,5}}"
    rf"|{_SPELLED})\b\)?|[ ]?(?:or|and|not|/|&)[ ]?-?\d{{4}}"
    rf"(?!\w| ?(?:mg|dollars|people|patients))|[ ]?[-./_()\u2010-\u2015][ ]?[A-Z0-9]{{1,12}}(?![a-z])"
    rf"|[ ,]{{1,2}}\d{{2,}}(?![\w%]|[.,:]\d| ?(?:mg|min"
    rf"|days?|weeks?|months?|years?|hours?|hrs|sessions?|times|dollars)\b)"
    rf"|[ ,-]{{1,2}}{_SPELLED}\b|[ ](?-i:[A-Z]{{1,3}})(?=$|[\s.,;!?])(?! [a-z']))"
)


def grown(text: str, end: int) -> int:
    """Where a number ends, with the groups that go on from it.

    Args:
        text: the text.
        end: where the number was seen to end.
    """
    for _ in range(6):
        more = _MORE_NUMBER.match(text, end)
        if more is None:
            break
        end = more.end()
    return end


def identity_numbers(text: str) -> Iterator[Span]:
    """Numbers of members, policies, records, Medicare, social security, and last digits of cards, behind their cue."""
    for pattern in _IDS:
        for found in pattern.finditer(text):
            value = found.group(1)
            if sum(map(str.isdigit, value)) >= 3 and not re.fullmatch(
                r"(?:(?:in|since|of|from) )?(?:19|20)\d\d|\d+(?:mg|k|th|st|ml|mcg)", value, re.I
            ):
                yield _without_word(found)
    for pattern in _SHORT:
        yield from (found.span(1) for found in pattern.finditer(text))
    for found in _PARTED.finditer(text):
        yield found.span()
    for found in _AFTER_INSURANCE.finditer(text):
        yield _without_word(found)
    for found in _AFTER_SOCIAL.finditer(text):
        if not _YEAR_SPAN.match(text, found.start(1)):
            yield found.span(1)


def _without_word(found: re.Match[str]) -> Span:
    """Where the number in a find is, without a small word before it: "his 666-01-2200"."""
    word = re.match(r"([a-z]{2,}) ", found.group(1))
    return found.start(1) + (word.end() if word and is_ordinary(word[1]) else 0), found.end(1)


def long_numbers(text: str) -> Iterator[Span]:
    """Long numbers, spelled ones among them, and words of letters and digits that are no amount."""
    for found in _LONG.finditer(text):
        if not _YEAR_SPAN.fullmatch(found.group()):
            yield found.span()
    for area in (_AREA_BEFORE, _AREA_IN_WORDS):
        yield from (found.span(1) for found in area.finditer(text))
    for found in _MIXED.finditer(text):
        if _is_number_of_somebody(found.group()):
            yield found.span()
    for pattern, digits in (*((pattern, 3) for pattern in _TELEPHONES), (_GROUPS, 6)):
        yield from (found.span() for found in pattern.finditer(text) if sum(map(str.isdigit, found.group())) >= digits)
    yield from _said_numbers(text)


def _said_numbers(text: str) -> Iterator[Span]:
    """Long numbers in words."""
    for found in _SAID.finditer(text):
        said = found.group(1)
        words = len(re.findall(rf"\b{_SPELLED}\b", said, re.I)), len(re.findall(rf"\b{_TWO_DIGITS}\b", said, re.I))
        if sum(map(str.isdigit, said)) + words[0] + 2 * words[1] >= 7 and any(words):
            yield found.span(1)
    for found in _NUMBER_WORDS.finditer(text):
        digits = sum(map(str.isdigit, found.group(1)))
        if digits + len(re.findall(_SPELLED, found.group(1), re.IGNORECASE)) >= 6:
            yield found.span(1)


def _is_number_of_somebody(value: str) -> bool:
    """Whether a word of letters and digits is a number of somebody's, and no amount or thing."""
    digits = sum(map(str.isdigit, value))
    if digits < 4 or digits == len(re.sub(r"[ -]", "", value)):
        return False
    parts = re.split(r"[ -]", value)
    if "-" not in value and parts[0].isalpha():
        return False
    if len(parts) == 1:
        amount = _AMOUNT.fullmatch(value) or _LETTERS_FIRST.fullmatch(value)
        return not amount and (re.search(r"\d{3}", value) is not None or _MEDICARE.fullmatch(value) is not None)
    words = [part for part in parts if part.isalpha()]
    if any(not part.isdigit() and _AMOUNT.fullmatch(part) for part in parts) and not any(
        word.isupper() for word in words
    ):
        return (
            len([part for part in parts if _LETTERS_FIRST.fullmatch(part) is None and _AMOUNT.fullmatch(part) is None])
            > 0
        )
    return all(word.isupper() or not is_ordinary(word) for word in words)
