"""Finds street addresses, with flat, town, state and ZIP, and ZIP codes alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from web.privacy.names import TOWNS, fold, is_ordinary
from web.privacy.spans import Span, compiled
from web.privacy.word_lists import WORDS

_STATES = (
    r"(?-i:A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT"
    r"|V[TA]|W[AVIY])"
)
_STATE_NAMES = (
    r"(?:alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho"
    r"|illinois|indiana|iowa"
    r"|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana"
    r"|nebraska|nevada"
    r"|new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|oregon|pennsylvania"
    r"|rhode island"
    r"|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia|wisconsin"
    r"|wyoming|ill|wis|ind|mich)"
)
_STATE = rf"\b(?:{_STATES}|{_STATE_NAMES}|(?:il|wi|tx|ny|nj|fl|mn|tn|ky|va|nc|az|ga|ca))\b\.?"
_ZIP = r"\d{5}(?:[- ]\d{4})?(?!\d)"
_SURE_STREET = (
    r"(?:streets?|str|avenue|ave?|road|rd|boulevard|blvd|lane|ln|terrace|terr|parkway|pkwy|highway|hwy|crescent"
    r"|cres|turnpike|tpke"
    r"|expressway|alley|heights|hts|route|rte)"
)
_MAYBE_STREET = (
    r"(?:st|drive|dr|court|ct|place|pl|way|circle|cir|row|trail|trl|square|sq|loop|path|pike|run|walk|commons"
    r"|point|pt|plaza|ridge|park|hills?|glen|cove|broadway|pass|trace|bend|mews|manor|gardens?|hollow|estates?"
    r"|crossing|xing|grove|knoll|landing|view|vista|village|gate|green|meadows?|oaks|pines|woods|creek|lake"
    r"|shores?|towers?|apartments|apts|bluff)"
)
_NUMBER = (
    r"(?:(?:(?:lot|apt|unit|suite|room|rm|flat|no)\.? ?#?[\w-]{1,6},? |#[\w-]{1,6},? |"
    r"(?-i:[A-Z])-?\d{1,4}, ))?\d{1,6}(?:-\d{1,4})?[a-z]?(?: 1/2)?"
)
_WORD = r"(?:[^\W_][\w'\u2019.]{0,20})"
_UNIT = (
    r"(?:[ ,]{1,2}(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|top|ground|basement|upper|lower)[ ](?:floor|flr?"
    r"|unit|apt|apartment|flat)\b|(?:[ ,]{1,2}(?:apt|apartment|apmt|unit|suite|ste|fl|floor|lot|rm|room|bldg"
    r"|building|depto|dpto|piso)\.? ?#? ?|[ ,]{1,2}# ?)[a-z0-9-]{1,6}\b)"
)
_CITY = (
    rf"(?:[ ,]{{1,3}}(?:in )?(?:[^\W\d_][^\W\d_.'\u2019-]{{1,20}} ?){{1,3}}?,? ?{_STATE}(?:[ ,]{{1,3}}{_ZIP})?"
    rf"|[ ,]{{1,3}}(?:[^\W\d_]{{2,20}}\.?[ ,]{{1,2}}){{0,3}}(?:zip )?{_ZIP})"
)
_STREET = compiled(
    rf"(?<![\w$.,/-])({_NUMBER}[ ,]{{1,2}}(?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\.? )?(?P<words>"
    rf"(?:{_WORD}[ ]){{1,4}}?)"
    rf"(?:(?P<sure>{_SURE_STREET})|(?P<maybe>{_MAYBE_STREET}))\b\.?(?: (?:n|s|e|w|ne|nw|se|sw)\b\.?)?"
    rf"(?P<unit>{_UNIT})?(?P<city>{_CITY})?)"
)
#: Streets that are called by a word of their own ("200 Broadway") or have the number behind ("calle olvera 45").
_SPANISH = compiled(
    r"\b((?:calle|avenida|avda?\.?|av\.|carrera|calzada|callej[o\u00f3]n|paseo|privada|colonia)[ ]"
    r"(?:[^\W\d_][\w.]{0,20}[ ]|\d{1,3} (?=de )){1,5}?"
    rf"(?:(?:#|no\.?|n[\u00fau]mero|n[\u00ba\u00b0]) ?)?\d{{1,6}}[a-z]?\b(?P<unit>{_UNIT})?(?P<city>{_CITY})?)"
)
_BOX = compiled(
    rf"\b((?:(?:rural route|rr|hc|r\.r\.) ?\d{{1,4}},? ?)?(?:p\.? ?o\.? ?)?box[ #:no.]{{1,5}}\d{{1,6}}"
    rf"(?P<city>{_CITY})?)"
)
_ROUTE = compiled(
    rf"(?<![\w$.,/-])({_NUMBER} (?:(?:n|s|e|w|north|south|east|west)\.? )?(?:(?:us |state |county |il |old )?"
    rf"(?:highway|hwy|route|rte|rt|road|county road|cr|avenue|ave|street|st|calle|broadway) ?(?:\d{{1,4}}"
    rf"|[a-z]\b)?|broadway)(?P<unit>{_UNIT})?(?P<city>{_CITY})?)(?![\w])"
)
_ZIPS = (
    compiled(
        rf"\b(?:zip ?codes?|zip|postal ?code|post ?code|c[o\u00f3]digo postal|c\.p\.)(?:[\s:=,#]*\b(?:is|es|of"
        rf"|code|el|mine|here)\b){{0,2}}[\s:=,#]*({_ZIP})"
    ),
    re.compile(rf"\b{_STATES}[ ,]{{1,3}}({_ZIP})"),
    compiled(rf"\b{_STATE_NAMES}[ ,]{{1,3}}({_ZIP})"),
    compiled(
        r"\b(?:live[sd]?|living|located|reside[sd]?|based|im|i'm|i am|vivo|from|out) (?:in|at|near|around|by|en"
        r"|of)? ?(?:the )?(\d{5})\b(?! ?(?:%|dollars?|people|mg|miles|patients|feet|km))"
    ),
    re.compile(r"(?<![\w-])(\d{5}-\d{4})(?![\w-])"),
    # Five digits are hardly anything else, unless they are round or counted.
    compiled(
        r"(?<![\w$.,/#-])(?<!\$ )(?<!than )(?<!over )(?<!about )((?!\d\d[05]00)\d{5})(?![\w/-]|[.,]\d| ?(?:%"
        r"|dollars?|bucks|usd|people|patients|mg|mcg|steps|miles|times|deductible|iu\b|words|a (?:month|year)))"
    ),
    compiled(
        r"\b((?:corner|intersection) of (?-i:[A-Z]?)[^\W\d_]{2,20}(?: (?:st|ave|rd|street|avenue|road|blvd))? "
        r"(?:and|&|y) [^\W\d_]{2,20}(?: (?:st|ave|rd|street|avenue|road|blvd)\b)?)"
    ),
)
_HOME_CUE = compiled(
    r"\b(?:address|addr|lives?|living|lived|home|house|moved|reside|mail(?:ed|ing)?|located|send|deliver|staying"
    r"|domicilio|direcci[o\u00f3]n|viv[oe]|casa|queda|apartment|at|from|pick(?:ed)? ?up|drop(?:ped)?|uber|lyft"
    r"|cab|taxi|ride|near|ship|delivery|bill(?:ing)?|condo|place"
    r"|stay|meet|papers|package|letter|visit|street|office is)\b[^.!?\n]{0,30}$"
)
#: "3401 s halsted": a direction, and a name that is no other word.
_DIRECTION = compiled(
    rf"(?<![\w$.,/-])(\d{{2,6}} (?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\.? (?P<name>[^\W\d_]{{3,20}}"
    rf"|\d{{1,3}}(?:st|nd|rd|th))\b(?P<unit>{_UNIT})?(?P<city>{_CITY})?)"
)
#: "im at 66 Juniper", "1427 Hinman, 2nd floor": a number and capitals, where the words around say that it is a home.
_BARE = re.compile(
    rf"(?<![\w$.,/-])(\d{{2,6}} (?P<name>[A-Z][a-z]{{2,20}}(?: [A-Z][a-z]{{2,20}})?)\b(?P<unit>{_UNIT})?"
    rf"(?P<city>{_CITY})?)"
)
_HOME_BEHIND = compiled(r"[ ,]{1,2}(?:is|that'?s|its|it'?s) (?:my|our|the|where|her|his|home)\b")
#: Words that stand between a number and "way" or "street" when it is no address.
_NO_STREET_WORD = WORDS["no_street"]


def streets(text: str) -> Iterator[Span]:
    """Street addresses, with the flat, city, state and ZIP that follow; post office boxes."""
    for found in _STREET.finditer(text):
        words = fold(found["words"]).split()
        if any(word.strip(".,") in _NO_STREET_WORD for word in words) or not _is_street(text, found):
            continue
        yield _with_town(text, found)
    for pattern in (_SPANISH, _BOX):
        for found in pattern.finditer(text):
            yield _with_town(text, found)
    yield from _without_ending(text)


def _without_ending(text: str) -> Iterator[Span]:
    """Addresses without "street" or the like, where the words around say that it is a home."""
    for found in _ROUTE.finditer(text):
        if _is_home(text, found):
            yield _with_town(text, found)
    for found in _DIRECTION.finditer(text):
        short = re.match(r"\d{3,6} [nsew]\b", found.group(), re.IGNORECASE)
        if short or not is_ordinary(found["name"]) or _is_home(text, found):
            yield _with_town(text, found)
    for found in _BARE.finditer(text):
        span = _with_town(text, found)
        if (_is_home(text, found) or span[1] > found.end(1)) and fold(found["name"].split()[0]) not in _NO_STREET_WORD:
            yield span


def _is_street(text: str, found: re.Match[str]) -> bool:
    """Whether what looks like a street is one: by its ending, by capitals, by what stands before or behind."""
    capital = found["words"][0].isupper() and not text.isupper()
    return bool(found["sure"]) or capital or _is_home(text, found)


def _is_home(text: str, found: re.Match[str]) -> bool:
    """Whether a flat or a city belongs to it, or the words around say that somebody lives there."""
    before = text[max(0, found.start() - 60) : found.start()]
    return bool(found["unit"] or found["city"] or _HOME_CUE.search(before) or _HOME_BEHIND.match(text, found.end()))


def _with_town(text: str, found: re.Match[str]) -> Span:
    """The span of an address with the flat, town, state and ZIP that follow it, in any order."""
    end, steps = found.end(1), 0
    while steps < _TAIL_STEPS and (step := _TAIL.match(text, end)):
        word = step["word"]
        if (
            word is None
            or fold(word) in TOWNS
            or _SUFFIX.fullmatch(word)
            or (
                word[0].isupper()
                and not text.isupper()
                and (("," in step[0]) or not is_ordinary(word))
                and fold(word) not in _NO_TOWN
            )
            or (not is_ordinary(word) and ("," in step[0] or len(word) > 4))
        ):
            end = step.end()
        elif before := _BEFORE_STATE.match(text, end):
            end = before.end()
        else:
            break
        steps += 1
    return found.start(1), end


_TAIL_STEPS = 8
_SUFFIX = compiled(rf"(?:{_SURE_STREET}|st|dr|ct|pl|way|cir|sq|trl)")
_TAIL = compiled(
    rf"(?:{_UNIT}|[ ,.]{{1,3}}(?:zip(?: code)? )?{_ZIP}|[ ,]{{1,3}}{_STATE}(?![\w'])|[ ,]{{1,2}}(?-i:N|S|E|W|NE"
    rf"|NW|SE|SW)\b\.?"
    rf"|[ ,]{{1,2}}(?:apt|unit|suite|apartment)\.? (?:number|no\.?|num) ?[\w-]{{1,5}}\b|[ ,]{{1,2}}(?:rear|front"
    rf"|bsmt|basement|upstairs|downstairs|garden unit|garden apt|coach house|back house)\b"
    rf"|[ ,]{{1,2}}(?:\d{{1,4}}[a-z]|[a-z]\d{{1,3}})(?=$|[\s,.;!?])"
    rf"|[ ,]{{1,3}}(?:buzzer|gate|door|code|box|bldg|building|tower|wing|entrance) ?#?\d{{1,5}}[a-z]?\b"
    rf"|[ ,]{{1,3}}(?:usa|u\.s\.a\.?)\b|[ ,]{{1,2}}(?P<word>[^\W\d_][^\W\d_.'\u2019-]{{1,20}})\b)"
)
_BEFORE_STATE = compiled(
    rf"[ ,]{{1,3}}(?:in )?(?:[^\W\d_][^\W\d_.'\u2019-]{{1,20}}[ ,]{{1,2}}){{1,3}}?(?:{_STATE}|{_ZIP})(?![\w'])"
)
_NO_TOWN = WORDS["no_town"]


def zip_codes(text: str) -> Iterator[Span]:
    """ZIP codes, by the words or the state before them."""
    for pattern in _ZIPS:
        for found in pattern.finditer(text):
            yield found.span(1)
