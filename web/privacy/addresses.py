"""Finds street addresses, with flat, town, state and ZIP, and ZIP codes alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safety.replies import CLINIC
from web.privacy.names import TOWNS, fold, is_ordinary, is_unheard_of
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
    r"(?:streets?|str|steet|stret|strret|streat|avn|aven|avenu|avanue|raod|bldv|bvld|blv|avenue|ave?|road|rd|boulevard"
    r"|blvd|lane|ln|terrace|terr|parkway|pkwy|highway|hwy|crescent"
    r"|cres|turnpike|tpke"
    r"|expressway|alley|heights|hts|route|rte)"
)
_MAYBE_STREET = (
    r"(?:st|drive|dr|court|ct|place|pl|way|circle|cir|row|trail|trl|square|sq|loop|path|pike|run|walk|commons"
    r"|point|pt|plaza|ridge|park|hills?|glen|cove|broadway|pass|trace|bend|mews|manor|gardens?|hollow|estates?"
    r"|crossing|xing|grove|knoll|landing|view|vista|village|gate|green|meadows?|oaks|pines|woods|creek|lake"
    r"|shores?|towers?|apartments|apts|bluff|ter|crt|wy|bl|strand)"
)
_COUNT = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|oh)"
)
_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_NUMBER = (
    r"(?:(?:(?:lot|apt|unit|suite|room|rm|flat|no|trailer|space|spc|number)\.? ?#?[\w-]{1,6},? |#[\w-]{1,6},? |"
    r"(?-i:[A-Z])-?\d{1,4}, ))?"
    # "W4455" and "29W450" are house numbers of the countryside around Chicago.
    r"(?:(?-i:[NSEW]) ?\d{2,5}|[nsew]\d{4,5}|\d{1,2}[nsew]\d{2,4}|\d{1,6}(?:-\d{1,4})?[a-z]?(?: 1/2)?)"
)
#: "two twenty one": a house number in words.
_NUMBER_IN_WORDS = rf"{_COUNT}(?:[ -](?:and )?{_COUNT}){{0,6}}"
_SIDE = r"(?:n|s|e|w|ne|nw|se|sw|north|south|east|west|norte|sur|este|oeste)"
_WORD = r"(?:[^\W_][\w'\u2019.]{0,20})"
_UNIT = (
    r"(?:[ ,]{1,2}(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|top|ground|basement|upper|lower)[ ](?:floor|flr?"
    r"|unit|apt|apartment|flat)\b\.?(?: (?:rear|front)\b)?|[ ,]{1,2}(?:primer|segundo|tercer|cuarto|quinto) piso\b"
    rf"|[ ,(]{{1,2}}(?:apt|apartment|apmt|unit|suite|ste|room|buzzer)\.? (?:number "
    rf"|no\.? )?{_COUNT}(?:[ -]{_COUNT}){{0,3}}\b"
    r"|(?:[ ,(]{1,2}(?:apt|apartment|apmt|unit|suite|ste|fl|floor|lot|rm|room|bldg|buzzer"
    r"|building|depto|dpto|piso)\.? ?#? ?|[ ,]{1,2}# ?)(?!(?:at|is|on|in|and)\b)[a-z0-9-]{1,6}\b)"
)
_CITY = (
    rf"(?:[ ,]{{1,3}}(?:in )?(?:[^\W\d_][^\W\d_.'\u2019-]{{1,20}} ?){{1,3}}?,? ?{_STATE}(?:[ ,]{{1,3}}{_ZIP})?"
    rf"|[ ,]{{1,3}}(?:[^\W\d_]{{2,20}}\.?[ ,]{{1,2}}){{0,3}}(?:zip )?{_ZIP})"
)
_STREET = compiled(
    rf"(?<![\w$.,/-])({_NUMBER}[ ,]{{1,2}}(?:{_SIDE}\.? )?(?!{_SIDE}\.? )(?P<words>"
    rf"(?:{_WORD}[ ]){{1,4}}?)"
    rf"(?:(?P<sure>{_SURE_STREET})|(?P<maybe>{_MAYBE_STREET}))\b\.?"
    rf"(?P<twice> (?:dr|drive|rd|road|st|ave|ln|ct|blvd|pkwy)\b\.?)?(?: (?:n|s|e|w|ne|nw|se|sw)\b\.?)?"
    rf"(?P<unit>{_UNIT})?(?P<city>{_CITY})?)"
)
#: Streets that are called by a word of their own ("200 Broadway") or have the number behind ("calle olvera 45").
_SPANISH = compiled(
    r"\b((?:calle|avenida|avda?\.?|av\.|carrera|calzada|callej[o\u00f3]n|paseo|privada|colonia)[ ]"
    r"(?:[^\W\d_][\w.]{0,20}[ ]|\d{1,3} (?=de |#|no|n\u00fam|n[\u00ba\u00b0]|num)){1,5}?"
    rf"(?:(?:#|no\.?|n[\u00fau]mero|n[\u00ba\u00b0]) ?)?\d{{1,6}}[a-z]?\b(?P<unit>{_UNIT})?(?P<city>{_CITY})?)"
)
_BOX = compiled(
    rf"\b((?:(?:rural route|rr|hc|r\.r\.) ?\d{{1,4}},? ?)?(?:p\.? ?o\.? ?)?(?:box"
    rf"|apartado(?: postal)?)[ #:no.]{{1,5}}\d{{1,6}}[a-z]?\b"
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
    compiled(
        rf"\bzip(?: ?codes?)?(?:[\s:=,#]*\b(?:is|of|mine|here)\b)?[\s:=,#]*((?:{_DIGIT}[ -]){{4}}{_DIGIT}"
        rf"|(?:\d ){{4}}\d)\b"
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
    rf"(?<![\w$.,/-])({_NUMBER} {_SIDE}\.? (?P<name>[^\W\d_]{{3,20}}"
    rf"|\d{{1,3}}(?:st|nd|rd|th))\b(?P<unit>{_UNIT})?(?P<city>{_CITY})?)"
)
#: "im at 66 Juniper", "1427 Hinman, 2nd floor": a number and capitals, where the words around say that it is a home.
_BARE = re.compile(
    rf"(?<![\w$.,/'\u2019-])(\d{{1,6}}[A-Z]?(?: 1/2)? (?P<name>[A-Z][a-z]{{2,20}}(?: [A-Z][a-z]{{2,20}})?)\b"
    rf"(?P<unit>{_UNIT})?"
    rf"(?P<city>{_CITY})?)"
)
_HOME_BEHIND = compiled(r"[ ,]{1,2}(?:is|that'?s|its|it'?s) (?:my|our|the|where|her|his|home)\b")
#: Words that stand between a number and "way" or "street" when it is no address.
_NO_STREET_WORD = WORDS["no_street"]


def streets(text: str) -> Iterator[Span]:
    """Street addresses, with the flat, city, state and ZIP that follow; post office boxes; crossings as one."""
    start = end = 0
    for begin, stop in sorted(_streets(text)):
        if end and (begin <= end or _LINK.fullmatch(text, end, begin)):
            end = max(end, stop)
            continue
        if end:
            yield start, end
        start, end = begin, stop
    if end:
        yield start, end


#: Between two parts of one address.
_LINK = compiled(r"(?:,| and| &| y| near)? ")


def _streets(text: str) -> Iterator[Span]:
    for found in _STREET.finditer(text):
        words = fold(found["words"]).split()
        in_year = _YEAR.match(found[0]) and text[: found.start()].lower().endswith(" in ")
        if in_year or any(word.strip(".,") in _NO_STREET_WORD for word in words) or not _is_street(text, found):
            continue
        yield _with_town(text, found)
    for pattern in (_SPANISH, _FOREIGN, _BOX):
        for found in pattern.finditer(text):
            yield _with_town(text, found)
    for found in _IN_WORDS.finditer(text):
        if found["words"].split()[0].lower() not in _NO_STREET_WORD and (
            found["sure"] or found["twice"] or found["unit"] or found["city"]
        ):
            yield _with_town(text, found)
    yield from _without_ending(text)
    yield from _without_number(text)


def _without_ending(text: str) -> Iterator[Span]:
    """Addresses without "street" or the like, where the words around say that it is a home."""
    for found in _ROUTE.finditer(text):
        if _is_home(text, found) or _NAMED_ROUTE.match(found[0]):
            yield _with_town(text, found)
    for found in _DIRECTION.finditer(text):
        short = re.match(r"(?:[nsew] ?\d{2,5}|\d{3,6}) [nsew]\b", found.group(), re.IGNORECASE)
        age_and = re.match(r"\d{1,2} n ", found.group())  # "im 71 n hav a pacemaker"
        if short or (not age_and and not is_ordinary(found["name"])) or _is_home(text, found):
            yield _with_town(text, found)
    for pattern, is_one in ((_BARE, _is_bare), (_LOWER, _is_lower)):
        yield from (_with_town(text, found) for found in pattern.finditer(text) if is_one(text, found))


def _is_bare(text: str, found: re.Match[str]) -> bool:
    """Whether a number and words with capitals are an address."""
    name = fold(found["name"].split()[0])
    number = found[0].split()[0]
    if number in _CRISIS_LINES or name in _NO_STREET_WORD or (len(number) == 1 and name not in _STREET_NAMES):
        return False
    unheard = len(number) > 2 and not _YEAR.fullmatch(number) and not is_ordinary(name)
    return name in _STREET_NAMES or unheard or _is_home(text, found) or _with_town(text, found)[1] > found.end(1)


def _is_lower(text: str, found: re.Match[str]) -> bool:
    """Whether a number and a word without a capital are an address."""
    word, number = fold(found["name"]), found[0].split()[0]
    if word in _NO_STREET_WORD or _UNIT_OF.match(text, found.end("name")):
        return False
    if (_YEAR.fullmatch(number) and word not in _STREET_NAMES) or number in _CRISIS_LINES:
        return False
    if found.start() == 0 and len(number) > 2 and word in _STREET_NAMES:
        # "1820 ridge, 2b" is what somebody answers who was asked where; "500 grand is too much" is none.
        return found.end() == len(text.rstrip(" .")) or bool(found["unit"] or found["city"])
    before = text[max(0, found.start() - 60) : found.start()]
    unheard = not is_ordinary(word)
    if unheard and len(number) > 3 and len(word) > 3:
        return True
    if _AT_HOME.search(before) or (len(number) > 2 and _IS_AT.search(before)):
        return True
    return ((unheard and len(number) > 2) or word in _STREET_NAMES) and _HOME_CUE.search(before) is not None


def _without_number(text: str) -> Iterator[Span]:
    """Where somebody lives without a house number: a street, a crossing, a block, a room in a named house."""
    for found in _ON_STREET.finditer(text):
        words = [word.strip(".,") for word in fold(found["words"]).split()]
        if not any(word in _NO_STREET_WORD or word in _NO_NAME_OF_STREET for word in words):
            yield _with_town(text, found)
    yield from _crossings(text)
    for pattern in (_ROOM_IN, _FLAT, _STREET_IS, _NUMBERED):
        yield from (found.span(1) for found in pattern.finditer(text))
    for pattern in (_BLOCK, _PARK_LOT):
        yield from (_with_town(text, found) for found in pattern.finditer(text))
    yield from _by_street(text)
    for found in _NAMED_STREET.finditer(text):
        if not text.isupper() and not any(word in _NO_STREET_WORD for word in fold(found[1]).split()):
            yield _with_town(text, found)


def _by_street(text: str) -> Iterator[Span]:
    """Streets without "street" or digits: "live on keeler", "eleven oh six elmwood"; a town with its ZIP."""
    for found in _SAID_NUMBER.finditer(text):
        named = fold(found["name"]) in _STREET_NAMES or fold(found["name"]) in TOWNS
        if (named or found["side"]) and (_is_home(text, found) or (found["side"] and _may_be_street(found["name"]))):
            yield _with_town(text, found)
    for found in _LIVES_ON.finditer(text):
        if _is_lived_on(found["name"], text.isupper()):
            yield _with_town(text, found)
    for pattern in (_OFF_STREET, _IN_BUILDING):
        yield from (_with_town(text, found) for found in pattern.finditer(text) if _may_be_street(found["name"]))
    yield from (found.span() for found in _TOWN_AND_ZIP.finditer(text) if fold(found[1]) in TOWNS)


def _is_lived_on(word: str, shouted: bool) -> bool:
    """Whether a word behind "i live on" is a street: a medicine, a benefit or food may be lived on too."""
    return _is_known_street(word) or (word[0].isupper() and not shouted and _may_be_street(word))


def _crossings(text: str) -> Iterator[Span]:
    """Two streets by which a place is told: "the corner of Foster and Damen"."""
    for found in _CROSSING.finditer(text):
        one, other = (_is_street_name(found[side], found["corner"] is not None) for side in ("one", "other"))
        other = other or (found["ending"] is not None and _may_be_street(found["other"]))
        if fold(found["one"]) == fold(found["other"]):  # "Johnson & Johnson"
            continue
        known = all(_is_known_street(found[side]) for side in ("one", "other"))
        if (one and other and (found["corner"] or found["cue"])) or known:
            yield found.start("corner" if found["corner"] else "one"), found.end()


def _may_be_street(word: str) -> bool:
    """Whether a word is the name of a street somewhere, or one that nobody has heard of."""
    folded = fold(word)
    return folded in _STREET_NAMES or folded in TOWNS or (len(folded) > 3 and is_unheard_of(folded))


def _is_known_street(word: str) -> bool:
    """Whether a word is the name of a street and, as it is written, of nothing else."""
    return fold(word) in _STREET_NAMES and (word[0].isupper() or not is_ordinary(word))


def _is_street_name(words: str, sure: bool) -> bool:
    """Whether some words may name a street at a crossing."""
    first = re.split(r"[ .]+", fold(words))
    name = [word for word in first if not re.fullmatch(rf"{_SIDE}", word)]
    if not name or name[0] in _NO_STREET_WORD or name[0] in _NO_NAME_OF_STREET:
        return False
    capital = words[0].isupper() and not words.isupper()
    if sure or words[0].isdigit() or name[0] in _STREET_NAMES or _NUMBERED_ROUTE.fullmatch(words):
        return True
    return capital and not is_ordinary(name[0])


def _is_street(text: str, found: re.Match[str]) -> bool:
    """Whether what looks like a street is one: by its ending, by capitals, by what stands before or behind."""
    capital = found["words"][0].isupper() and not text.isupper()
    unknown = any(len(word) > 3 and not is_ordinary(word.strip(".,'")) for word in found["words"].split())
    known = _CALLED.fullmatch(found["maybe"] or "") and any(
        word in _STREET_NAMES for word in fold(found["words"]).split()
    )
    return bool(found["sure"] or found["twice"] or known) or capital or unknown or _is_home(text, found)


def _is_home(text: str, found: re.Match[str]) -> bool:
    """Whether a flat or a city belongs to it, or the words around say that somebody lives there."""
    before = text[max(0, found.start() - 60) : found.start()]
    return bool(found["unit"] or found["city"] or _HOME_CUE.search(before) or _HOME_BEHIND.match(text, found.end()))


def _with_town(text: str, found: re.Match[str]) -> Span:
    """The span of an address with the flat, town, state and ZIP that follow it, in any order."""
    start, end, steps = found.start(1), found.end(1), 0
    text = text.replace("\n", " ")  # a form, or what was copied out of one
    if before := _IN_FRONT.search(text[max(0, start - 60) : start]):
        words = before["place"]
        if words is None or len(words.split()) > 1 or not is_ordinary(words) or fold(words) in TOWNS:
            start -= len(before.group())
    if behind := _OF_ROUTE.match(text, end):
        end = behind.end()
    while steps < _TAIL_STEPS and (step := _TAIL.match(text, end)):
        word = step["word"]
        if pair := _TOWN_OF_TWO.match(text, end):
            end = pair.end()
        elif (
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
    return start, end


_TAIL_STEPS = 8
_SUFFIX = compiled(rf"(?:{_SURE_STREET}|st|dr|ct|pl|way|cir|sq|trl)")
_TAIL = compiled(
    rf"(?:{_UNIT}|[\s/.-]{{1,3}}(?:apt|apartment|unit|suite|ste|fl|floor|bldg|#)\.? ?#?[\w-]{{1,5}}\b"
    rf"|[ ,]{{1,2}}\((?:rear|front)\)"
    rf"| c/o (?-i:[A-Z])\w+|[ ,]{{1,2}}(?:gdn|garden|bsmt) (?:apt|unit)\b|[ ,]{{1,2}}(?:east|west|north"
    rf"|south)\b(?= *(?:$|[.,?!]))"
    rf"|(?: (?:one|two|three|four|five|six|seven|eight|nine|zero|oh)){{5}}\b"
    rf"|[ ,]{{1,2}}[^\W\d_]{{3,12}} county\b| - \d{{1,3}}[a-z]\b"
    rf"|[\s,./]{{1,3}}(?:zip(?: code)? )?{_ZIP}|[ ,/]{{1,3}}{_STATE}(?![\w'])|[ ,]{{1,2}}(?-i:N|S|E|W|NE"
    rf"|NW|SE|SW)\b\.?"
    rf"|[ ,]{{1,2}}(?:apt|unit|suite|apartment)\.? (?:number|no\.?|num) ?[\w-]{{1,5}}\b|[ ,]{{1,2}}(?:rear|front"
    rf"|bsmt|basement|upstairs|downstairs|garden unit|garden apt|coach house|back house)\b"
    rf"|[ ,]{{1,2}}(?:\d{{1,4}}[a-z]|[a-z]\d{{1,3}})(?=$|[\s,.;!?])"
    rf"|[ ,]{{1,3}}(?:buzzer|gate|door|code|box|bldg|building|tower|wing|entrance) ?#?\d{{1,5}}[a-z]?\b"
    rf"|[ ,]{{1,3}}(?:usa|u\.s\.a\.?|united states(?: of america)?|canada|mexico|m\u00e9xico|chi|chgo|chitown)\b"
    rf"|[ ,]{{1,3}}(?-i:[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{{1,2}}\d[A-Z\d]? \d[A-Z]{{2}}|(?:AB|BC|MB|ON|QC|SK)\b)"
    rf"|[ ,(]{{1,3}}(?:buzzer|gate|door|code) ?#?\d{{1,5}}[a-z]?\b"
    rf"|(?: in |[ ,]{{1,2}}| / )(?P<word>[^\W\d_][^\W\d_.'\u2019-]{{1,20}})\b)"
)
_BEFORE_STATE = compiled(
    rf"[ ,]{{1,3}}(?:in )?(?:[^\W\d_][^\W\d_.'\u2019-]{{1,20}}[ ,]{{1,2}}){{1,3}}?(?:{_STATE}|{_ZIP})(?![\w'])"
)
_NO_TOWN = WORDS["no_town"]


#: Endings that are hardly ever something else behind the name of a street.
_CALLED = compiled(r"st|dr|ct|court|pl|cir|trl|drive")
#: "442 Rue de Paris", "442 Camino Real".
_FOREIGN = compiled(
    r"(?<![\w$.,/-])(\d{2,5} (?:rue|via|camino|calle|paseo|rua|strada|viale|avenida|la|el|los|las|the) "
    rf"(?:(?:de|del|la|los|las|des|du) ){{0,2}}(?-i:[A-Z])\w{{2,20}}(?P<unit>{_UNIT})?(?P<city>{_CITY})?)"
)
_NAMED_ROUTE = compiled(r"\w{3,6} (?:\w{1,6}\.? )?(?:county (?:road|rd)|cr|rt|rte|route|hwy|highway|ave|avenue) ")
#: What belongs to "County Road", "Route", "Avenue".
_OF_ROUTE = compiled(r"(?<=ave|oad|ute|rte|hwy|way|nue| rt| cr)( (?-i:[A-Z]{1,2}|\d{1,4})(?!\w))")
#: "w 63rd st 2210".
_NUMBERED = compiled(
    rf"(?<![\w$.,/-])((?:{_SIDE}\.? )?\d{{1,3}}(?:st|nd|rd|th) (?:st|street|ave"
    rf"|avenue)\b\.?(?:,? \d{{2,5}}\b)?(?: [nsew]\b)?|(?-i:[NSEW])\.? \d{{1,3}}(?:st|nd|rd|th)\b)"
)
#: "nineteen forty five w wilson".
_SAID_NUMBER = compiled(
    rf"(?<![\w-])((?:{_COUNT}(?:[ -]{_COUNT}){{1,5}}"
    rf"|{_COUNT}(?= {_SIDE}\b)) (?P<side>{_SIDE}\.? )?(?P<name>[^\W\d_]{{3,20}})\b"
    rf"(?P<unit>{_UNIT})?(?P<city>{_CITY})?)"
)
#: "i live on keeler", "off cicero ave", "residents of Lincoln Glen Condominiums".
_LIVES_ON = compiled(
    rf"\b(?:live[sd]?|living|stay(?:s|ing)?|house|place|apartment|moved) (?:is )?(?:right )?(?:on|off|off of|over on"
    rf"|out on)"
    rf" ((?:{_SIDE}\.? )?(?P<name>[^\W\d_]{{4,20}}))\b"
)
_OFF_STREET = compiled(
    rf"\b(?:off|off of|along|out on|over on|up on|down on|near|by) ((?:{_SIDE}\.? )?(?P<name>[^\W\d_]{{4,20}})"
    rf" (?:{_SURE_STREET}|st)\b)"
)
_IN_BUILDING = re.compile(
    r"\b(?:[Ll]ives?|[Ll]iving|[Rr]esidents?|[Ss]tay(?:ing)?|[Hh]ome is|[Hh]ouse is) (?:at|in|of|here at) "
    r"((?:[Tt]he )?(?P<name>[A-Z]\w+)(?: [A-Z]\w+){0,2} (?:Apartments|Apts|Condominiums?|Condos|Lofts|Towers?|Arms"
    r"|Residences?|Manor|Mobile Home Park))\b"
)
_TOWN_AND_ZIP = compiled(rf"(?<![\w'])([^\W\d_]{{4,20}}),? {_ZIP}")
_NUMBERED_ROUTE = compiled(r"(?:route|rte|rt|highway|hwy) \d{1,3}")
_IS_AT = compiled(r"\b(?:am|im|i'm|are|we're|is|he's|she's|live|apartment is|place is|walk|bus|far) (?:at|from) $")
_FLAT = compiled(
    r"(?<![\w'])((?:apt|apartment)\.? ?(?:#|no\.? ?|number )?\d{1,4}-?[a-z]?|(?:bldg|building|barracks) #?\d{2,5}"
    r"(?:,? (?:rm|room|apt|unit)\.? ?#?\d{1,4})?|slip #?\d{1,4})\b"
)
_STREET_IS = compiled(
    r"\b(?:my|our|the|his|her) street(?: name)?(?: is| was|'s|:)? ((?-i:[A-Z])\w{2,20}(?: (?-i:[A-Z])\w{1,20})?)"
)
_NAMED_STREET = re.compile(
    r"(?<![\w'])((?:[NSEW]\.? |North |South |East |West )?(?:[A-Z][a-z'\u2019]{2,20} ){1,2}(?:Street|St|Avenue"
    r"|Ave|Road|Rd|Blvd|Boulevard"
    rf"|Lane|Ln|Drive|Terrace|Parkway|Pkwy)\b\.?(?: \d{{2,5}}\b)?(?P<unit>{_UNIT})?(?P<city>{_CITY})?)"
)
#: Lake Forest, Hoffman Estates, Elk Grove Village, St. Charles.
_TOWN_OF_TWO = compiled(
    r"[ ,]{1,3}(?:in )?(?:[^\W\d_]{3,14} (?:grove|heights|park|hills|forest|lake|lakes|estates|ridge|island|beach"
    r"|city|falls|springs?|valley|bluff|woods|brook|barrington|zurich|villa|plaines|chicago|aurora|dundee|ellyn)"
    r"(?: (?:village|beach|heights|park|hills))?|(?:oak park|(?:elk|buffalo|morton|downers|sugar) grove|park ridge"
    r"|la grange"
    r"|des plaines|lake (?:forest|zurich|villa|bluff|geneva)|(?:highland|rogers|forest|orland|tinley|franklin|melrose"
    r"|round lake"
    r"|beach) park|(?:arlington|prospect|vernon|chicago|glendale) heights|rolling meadows|crystal lake)(?=[^\w])"
    r"|(?:lake|oak|highland|round lake|elk|st\.?|saint|fort|mt\.?|mount|des"
    r"|north|south|east|west|new|san|santa|glen|long|fox|river|winthrop|forest|rolling|morton|park|buffalo|la|mc"
    r"|crystal"
    r"|vernon|country club) [^\W\d_]{4,12})\b(?= *(?:$|[.,;!?)\n]|(?:il|ill|illinois|wi)\b|\d{5}))"
)
#: "Apt 3R, ", "The Residences at Hinsdale, ", "c/o ": what stands in front of an address and belongs to it.
_IN_FRONT = re.compile(
    r"(?:(?i:\b(?:fire )?(?:apt|apartment|unit|suite|ste|room|rm|lot|trailer|space|flat|bldg|building|floor|fl|site"
    r"|slip|house|no|number)\.? ?#?"
    r"(?:[a-z]|(?=[a-z-]{0,4}\d)[\w-]{1,6}))(?:, | at | of | )|(?i:\b(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|top"
    r"|ground) (?:floor"
    r"|fl))(?:,| of| at)? |\b[Cc]/o |(?<![\w'])(?P<place>(?:The )?(?:[A-Z][\w'\u2019]*|\d{1,2})"
    r"(?: (?:at |of |in |de |del |la |on )?(?:[A-Z][\w'\u2019]*|\d{1,2})){0,4}), ?){1,2}$"
)
_IN_WORDS = compiled(
    rf"(?<![\w-])({_NUMBER_IN_WORDS} (?:{_SIDE}\.? )?(?P<words>(?:{_WORD}[ ]){{1,3}}?)(?:(?P<sure>{_SURE_STREET})"
    rf"|(?P<maybe>{_MAYBE_STREET}))\b\.?(?P<twice> {_SURE_STREET}\b\.?)?(?P<unit>{_UNIT})?(?P<city>{_CITY})?)"
)
#: What is counted or measured, behind a number and a word.
_UNIT_OF = compiled(r" (?:mg|ml|min|minutes?|hours?|days?|weeks?|months?|years?|pills?|tabs|times|sessions?)\b")
_LOWER = compiled(
    rf"(?<![\w$.,/-])(\d{{2,5}} (?P<name>(?-i:[a-z]{{3,20}}|[A-Z]{{3,20}}))\b(?P<unit>{_UNIT})?(?P<city>{_CITY})?)"
)
#: Directly before a number and a word that is then a street, whatever else it may be.
_AT_HOME = compiled(
    r"\b(?:add?ress?(?: is| was|:)|(?:live|lives|lived|living|reside|resides) at|(?:drop|deliver|send|mail|ship)"
    r"(?: (?:it|them|me|that|this))? (?:at|to|off at)|pick (?:me|us|him|her) up(?: at| from)?|viv[eo] en) $"
)
_LIVE = (
    r"(?:(?:live[sd]?|living|stay(?:s|ed|ing)?|reside[sd]?|moved|house|home|place|apartment|apt|condo|grew up|street"
    r"|parents|folks|im|i'm|i am|we're|were|shelter|building|viv[eo]|vivimos|casa|work|job|office)"
    r"(?: (?:is|it'?s|was|back|over|out|up|right|just|down|mostly))? "
    r"(?:on|off|off of|at|by|near|in|is|en|sobre|along|around|to)(?: (?:the|la))? (?:[^\W\d_]{4,15} on )?)"
)
_ON_STREET = compiled(
    rf"\b{_LIVE}((?:{_SIDE}\.? )?(?P<words>(?:{_WORD}[ ]){{1,3}}?)(?:{_SURE_STREET}|st|dr|ct|pl|cir|terrace)"
    rf"\b\.?(?P<unit>{_UNIT})?(?P<city>{_CITY})?(?: (?:in|near) (?-i:[A-Z])\w+"
    rf"(?: (?-i:[A-Z])\w+)?)?)"
)
_STREET_OF_TWO = rf"(?:{_SIDE}\.? )?(?:\d{{1,3}}(?:st|nd|rd|th)|(?:route|rte|rt|hwy|highway) \d{{1,3}}|[^\W\d_]{{3,20}}"
_CROSSING = compiled(
    r"(?:\b(?P<corner>(?:the )?(?:corner|intersection|cross ?streets?) (?:of |are |is |at ))"
    r"|\b(?P<cue>(?:live[sd]?|living|stay(?:s|ed|ing)?|house|home|place|bus|train|stop|store|shelter|building"
    r"|i'?m|gas station|blocks?|corner"
    r"|meet|up|over|right|vivo|where|drive|we'?re) (?:(?:on|off|off of|of|from|at|by|near|around|en) )?(?:la )?"
    r"|(?:driver|from|by|near|corner)(?: is)? )|(?<![\w'])(?=(?-i:[A-Z])))"
    rf"(?P<one>{_STREET_OF_TWO}))(?: (?:{_SURE_STREET}|st))?(?: (?:and|&|y|at|n|hits|meets|crosses) |/|&)"
    rf"(?P<other>{_STREET_OF_TWO}))(?:(?P<ending> (?:{_SURE_STREET}|st)\b)|(?-i: [A-Z][a-z]{{2,12}}))?(?![\w'])"
)
_BLOCK = compiled(rf"(?<![\w$.,/-])(\d{{2,5}} block (?:of|on) (?:{_SIDE}\.? )?[^\W\d_]{{3,20}}(?: {_SURE_STREET}\b)?)")
_ROOM_IN = re.compile(
    r"\b((?:[Tt]he )?(?:[A-Z]\w+ ){1,3}(?:Hall|House|Towers?|Apartments|Apts|Dorm|Motel|Hotel|Inn|Manor|Residences?"
    r"|Suites"
    r"|Lofts?|Arms|[Bb]uilding|Condominiums?|Condos|Pointe|Commons)[, ]{1,2}"
    r"(?:(?i:room|apt|unit|rm|apartment|loft|suite|#)\.? ?#?\w{1,6}|\d{1,2}(?:st|nd|rd|th) floor))\b"
)
#: "lot 57 whispering pines mobile park".
_PARK_LOT = compiled(
    r"\b((?:lot|space|spc|site|trailer|unit) #?\d{1,4},? (?:(?:in|at|of) )?(?:[^\W\d_]{2,15} ){1,3}"
    r"(?:mobile|trailer|rv)(?: home)? (?:park|court|village|estates))\b"
)
#: Short numbers that are never part of an address: too short to be cut out of the text beforehand.
_CRISIS_LINES = frozenset(value for value in CLINIC.values() if value and re.fullmatch(r"\d{3,6}", value))
_YEAR = re.compile(r"(?:19|20)\d\d")
_STREET_NAMES = WORDS["street_names"]
_NO_NAME_OF_STREET = WORDS["no_name_of_street"]


def zip_codes(text: str) -> Iterator[Span]:
    """ZIP codes, by the words or the state before them."""
    for pattern in _ZIPS:
        for found in pattern.finditer(text):
            yield found.span(1)
