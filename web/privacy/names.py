"""Finds names that are introduced: "my name is maria", "this is dr patel", "ask for joan", "thanks, Daniel K.".

A name has no form. What tells one is what stands before it, whether it begins with a capital, and whether it is a word
that people use for something else: the floor's words, medicines, conditions and peoples stay what they are.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerResult

from safety.replies import ROOT
from web.privacy.word_lists import PUBLIC_PEOPLE, WORDS

#: Faker's lists (https://github.com/joke2k/faker, MIT) that have names in the Latin alphabet, as people in the US have.
LISTS = (
    *("en", "en_US", "en_GB", "en_IN", "en_KE", "en_NG", "en_PK", "es_AR", "es_CL", "es_CO", "es_ES", "es_MX", "fr_FR"),
    *(
        "it_IT",
        "de_DE",
        "pl_PL",
        "pt_BR",
        "vi_VN",
        "yo_NG",
        "ig_NG",
        "tr_TR",
        "hr_HR",
        "ro_RO",
        "nl_NL",
        "sk_SK",
        "cs_CZ",
        "sl_SI",
    ),
    *("id_ID", "az_AZ", "uz_UZ", "fr_DZ", "sv_SE", "no_NO", "pt_PT", "sw", "tw_GH", "zu_ZA", "fr_CA"),
)
#: Those whose first names are seen without a cue.
COMMON = ("en", "en_US", "en_GB", "es_MX", "es_CO")
_PATTERNS = ROOT / "safety" / "patterns"
_VOCABULARY = ROOT / "data" / "vocabulary.yml"
#: What the assistant learns from: its words are topics, not names, unless a list of names has them.
_EXAMPLES = (ROOT / "data" / "nlu", ROOT / "data" / "risk")
#: Parts of a name behind the first one, at most.
_PARTS = 4
#: Letters of one part, at most: what is longer is no name.
_LETTERS = 24
_SCORE = 0.8


class Cue(IntEnum):
    """How surely a name follows."""

    #: "im", "this is": most often something else.
    WEAK = 0
    #: "my son", "my ex wife".
    RELATIVE = 1
    #: "dr", "mrs".
    TITLE = 2
    #: "my name is".
    SURE = 3


@dataclass(frozen=True)
class _Lists:
    """The words that decide. All are folded (:func:`fold`)."""

    first: frozenset[str]
    #: With those that are never a name without a sure cue.
    all_first: frozenset[str]
    last: frozenset[str]
    #: Words with a use of their own.
    ordinary: frozenset[str]
    #: Words of the assistant's examples, ordinary ones and names among them.
    learned: frozenset[str]
    #: Names all the same, though they are among the ordinary ones.
    mainly_names: frozenset[str]
    #: Words, but nothing that anybody is.
    nobody_is: frozenset[str]
    #: Spanish words that are names where they begin with a capital.
    spanish: frozenset[str]
    behind_title: frozenset[str]
    relatives: frozenset[str]
    places: frozenset[str]
    #: First names that are common enough to be seen without a cue.
    common: frozenset[str]
    #: Never a name.
    never: frozenset[str]
    after_title: frozenset[str]
    #: What no person is called, whatever a list of names says.
    conditions_and_things: frozenset[str]


def fold(word: str) -> str:
    """A word in lower case without accents and with plain apostrophes."""
    if word.isascii():
        return word.lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", word.replace("\u2019", "'"))).casefold()


_ACCENTS = re.compile("[\u0300-\u036f]")


def _all_words(text: str) -> Iterator[str]:
    return (word for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", fold(text)))


def _read() -> _Lists:
    """Reads the lists, once."""
    first: set[str] = set()
    last: set[str] = set()
    common: set[str] = set()
    for name in LISTS:
        provider = importlib.import_module(f"faker.providers.person.{name}").Provider
        for attribute in dir(provider):
            for start, names in (("first_name", first), ("last_name", last)):
                values = getattr(provider, attribute)
                if attribute.startswith(start) and isinstance(values, list | tuple | dict):
                    words = {word for word in _all_words("\n".join(values)) if len(word) > 1}
                    names |= words
                    if names is first and name in COMMON:
                        common |= words
    examples = [path.read_text(encoding="utf-8") for folder in _EXAMPLES for path in sorted(folder.glob("*.yml"))]
    learned = set(_all_words("\n".join(examples)))
    floor = {
        word for path in _PATTERNS.glob("*.yml") for word in _all_words(re.sub(r"(?m)#.*", "", path.read_text("utf-8")))
    }
    vocabulary = set(_all_words(re.sub(r"(?m)#.*", "", _VOCABULARY.read_text(encoding="utf-8"))))
    mainly = set(WORDS["mainly_names"])
    spanish = set(WORDS["spanish"]) - mainly
    never = set().union(*(WORDS[name] for name in ("never", "substances", "conditions", "things")))
    never |= vocabulary - mainly
    return _Lists(
        first=frozenset(first - never | mainly),
        all_first=frozenset(first),
        last=frozenset(last - never),
        ordinary=frozenset(floor | never | spanish),
        mainly_names=frozenset(mainly),
        learned=frozenset(learned),
        nobody_is=WORDS["nobody_is"],
        spanish=frozenset(spanish),
        behind_title=WORDS["surnames_behind_title"],
        relatives=frozenset([*WORDS["relatives"], *WORDS["nobody_is"]]),
        places=WORDS["places"],
        common=frozenset((common - floor - never - spanish) | mainly),
        never=frozenset(never - mainly),
        after_title=WORDS["after_title"],
        conditions_and_things=frozenset().union(
            *(WORDS[name] for name in ("never", "substances", "conditions", "things"))
        )
        - mainly
        - WORDS["nobody_is"],
    )


_LISTS = _read()
_PUBLIC_PEOPLE = re.compile(
    r"\b(?:" + re.sub(r"\s*\|\s*", "|", PUBLIC_PEOPLE.strip()) + r")\b",
    re.IGNORECASE,
)

#: Towns that end an address without a comma in front.
TOWNS = WORDS["towns"]


def is_ordinary(word: str) -> bool:
    """Whether a word has a use of its own, that of a name aside."""
    return fold(word) in _LISTS.ordinary


_APOSTROPHE = "['\u2019`]"
_GAP = r"[ \t]*[:=,\-\u2013\u2014.]{0,3}[ \t]*"
_SIGN_OFF = (
    r"thanks(?: (?:so|very) much| a lot| again| in advance| for [a-z ]{1,30})?|thank you(?: (?:so|very) much"
    r"| again| in advance)?"
    r"|thx|tks|ty|tysm|(?:kind |best |warm |many )?regards|best(?: wishes)?|sincerely(?: yours)?|cheers|love|xo+"
    r"|yours(?: truly)?"
    r"|respectfully|take care|gratefully|(?:muchas |mil )?gracias|saludos|atentamente|un abrazo|signed|sent by"
    r"|bye|bye bye|ttyl|later|good ?night|peace|hugs|namaste|talk soon|appreciate it|god bless"
)
_RELATIVE = (
    r"husband|wife|spouse|partner|boyfriend|girlfriend|bf|gf|fianc[e\u00e9]+|son|daughter|kid|child|brother"
    r"|sister|bro|mother"
    r"|mom|mum|mama|father|dad|grandma|grandpa|grandmother|grandfather|grandson|granddaughter|aunt|uncle|cousin|niece"
    r"|nephew|friend|buddy|roommate|neighbou?r|therapist|psychiatrist|doctor|counsel?lor|psychologist|nurse"
    r"|caseworker|boss"
    r"|hubby|wifey|ex|patient|client|stepson|stepdaughter|stepdad|stepmom|coworker|colleague"
    r"|sponsor|lawyer|attorney|landlord|pharmacist|coach|pastor|priest|driver|teacher|pcp|np|godmother|godfather|dog"
    r"|cat"
    r"|(?:mother|father|brother|sister|son|daughter)[ -]in[ -]law|grandson|fiance|aunty|auntie|nana|bestie|mate"
    r"|espos[oa]|marido|mujer|hij[oa]|herman[oa]|madre|padre|abuel[oa]|ti[oa]|amig[oa]|novi[oa]|prim[oa]"
)
_SURE = (
    rf"\b(?:my|his|her|their|our|the|whose|patient|full|first|last|maiden|legal|real|given|middle|sur|family|preferred)"
    rf"(?:{_APOSTROPHE}?s)? ?(?:full |first |last |legal |real |maiden )?names?(?: ?(?:is|was|are"
    rf"|{_APOSTROPHE}?s)\b)?(?: (?:actually|just|also|dr\.?|mrs?\.?|ms\.?)\b)?",
    rf"\b(?:the )?name{_APOSTROPHE}?s\b",
    r"\bname ?[:=-]",
    r"\bname (?:is|was)\b",
    r"\b(?:under|in|by) the (?:last |first )?name(?: of)?\b",
    r"\b(?:(?:you|u|people|friends|they|everyone|everybody|folks) (?:can |could |may |all |just )*|just |pls "
    r"|please )call(?:s)? me\b",
    r"\bgo(?:es)? by(?: the name(?: of)?)?\b",
    r"\b(?:i'?m|i am|he'?s|she'?s|is|was|am) (?:called|named)\b",
    r"\bnamed\b",
    r"\bme llamo\b",
    r"\bse llama\b",
    r"\bmi (?:nombre|apellido)(?: completo)?(?: es)?\b",
    r"\bnombre(?: completo)? ?(?::|es\b)",
    r"\bmi nombre\b",
    r"\bje m['\u2019]appelle\b",
    r"\bmam na imi[e\u0119]\b",
    r"\bnazywam si[e\u0119]\b",
    r"\b(?:patient|client|paciente) ?:",
    r"\b(?:aka|a\.k\.a\.?|n\u00e9e|nickname(?: is|:)?|better known as|known as)\b",
    rf"\b(?:this is|it{_APOSTROPHE}?s|its)\b(?= [^\W\d_]+(?: [^\W\d_]+)? (?:calling|speaking|writing)\b)",
    r"\bmy (?:nane|mane|naem|nam) (?:is|s)\b",
    r"\bmy ?name ?is\b",
    r"\bnames (?=(?-i:[A-Z]))",
    r"\b(?:preferred|chosen)(?: name)? ?:?(?= (?-i:[A-Z]))",
    r"(?:^|\n)(?:from|to|re|attn|fr|caller|contact|counselor|therapist|provider|insured|subscriber|spouse) ?:",
    r"\bname on (?:the |my )?(?:card|account|acct|policy)(?: is)?\b",
    r"\b(?:acct|account|card) name(?: is)?\b",
)
_TITLE = (
    r"\b(?:dr|dra|doctor|doctora|doc|nurse pract?i\w+|mr|mrs|mister|prof|professor|pastor|rev|reverend|rabbi"
    r"|se\u00f1or|se\u00f1ora"
    r"|sr|sra|srta|do\u00f1a|sgt|capt|cpl|lt|imam|deacon)\b\.?",
    r"\b(?:put|booked|listed|filed|scheduled) (?:(?:it|me|that|him|her|us) )?under\b",
    r"\b(?:ms|miss|nurse|don|father|sister|aunt|uncle|tia|t\u00eda|t\u00edo)\b\.?",
)
_WEAK = (
    rf"\b(?:i{_APOSTROPHE}?m|i m|i am|iam)\b(?: (?:just|actually|called|still|only)\b)?",
    rf"\b(?:this|that|it){_APOSTROPHE}?(?: i)?s(?: me)?\b",
    r"\bthis be\b",
    rf"\b(?:he|she|who){_APOSTROPHE}?s\b",
    r"\b(?:ask(?:ing|ed)?|asks) for\b",
    r"\b(?:speak|speaking|spoke|spoken|talk|talked|talking|chat|chatting|chatted|appointment|appt|session|consult"
    r"|scheduled|booked"
    r"|reserved|filling|form|caregiver|caretaker|calling|writing) (?:to|with|for|by|on behalf of)\b",
    r"\b(?:meet|met|see|seeing|saw|contact|contacted|call|email|text|texted|e-mail|emailed|reach|reached|told|tell)\b",
    r"\bput me down as\b",
    r"\b(?:patient|client|technician|tech|receptionist|manager|aide|bestie|reception|caregiver|cousin)\b",
    r"\b[a-z]+ name (?=(?-i:[A-Z]))",
    r"\bhas me (?:down )?(?:as|under)\b",
    r"\b(?:appointment|appt|reservation|booking|call ?back|file|record|chart|account|referral|referred|sent|seen"
    r"|treated|signed|is)"
    r" (?:is |was )?(?:for|under|by|from|of)\b",
    r"\b(?:it|it'?s|its|booked|scheduled|listed|filed|registered) under\b",
    r"\bsoy\b",
    r"\b(?:le |les )?habla\b",
    r"\bpregunt(?:e|ar|a) por\b",
    r"\b(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening)|greetings|hola|buen[oa]s (?:d[i\u00ed]as|tardes"
    r"|noches))(?: there| all)?\b",
    r"\bsigned\b",
    r"\b(?:spelled|mother of|father of|wife of|husband of|parent of|care of)\b",
    r"\bsince?rely\b",
    r"\bcalling for\b",
    r"\bbehalf of\b",
    r"\bc/o\b",
)
_RELATION = (
    rf"\b(?:my|our|his|her|mi|su|ur|your|their|the) (?:[a-z]{{2,9}}[ -]){{0,2}}(?:{_RELATIVE})(?:{_APOSTROPHE}s"
    rf"|s)?(?: (?:is|was|es|named))?\b(?: ?[,(])?"
)
#: Of whom hardly anything is said at once but a name.
_CALLED = (
    r"\b(?:ms|miss|nurse|uncle|aunt|aunty|auntie|tia|t\u00eda|t\u00edo|officer)\b\.?|\b(?:(?:my|the"
    r"|our) )?(?:pcp|psychiatrist"
    r"|therapist|psychologist|np)(?:'?s name)? is\b|\bemergency contact(?: is|:)?(?: my [a-z]{3,9})?\b"
    r"|\b(?:insured|subscriber|policy ?holder|spouse|proxy|poa|guardian|my ride)(?: is)?\b|\bguardian of\b"
    r"|\bbooked as\b|\bformerly\b"
)
_CUES: tuple[tuple[Cue, re.Pattern[str]], ...] = (
    (Cue.SURE, re.compile("|".join(_SURE), re.IGNORECASE)),
    (Cue.TITLE, re.compile("|".join(_TITLE[:2]), re.IGNORECASE)),
    (Cue.RELATIVE, re.compile(rf"{_RELATION}|{_CALLED}", re.IGNORECASE)),
    (Cue.WEAK, re.compile("|".join((*_TITLE[2:], *_WEAK)), re.IGNORECASE)),
)
_PART = re.compile(rf"[^\W\d_]{{1,{_LETTERS}}}(?:['\u2019-][^\W\d_]{{1,{_LETTERS}}}){{0,3}}")
_BETWEEN = re.compile(r"\.?[ \t]{1,3}|\.(?=[A-Z])|, (?=(?:[Jj]r|[Ss]r)\b)")
_PARTICLES = WORDS["particles"]
_SUFFIXES = WORDS["suffixes"]
#: Endings of what somebody is, of medicines, and of what somebody does: an unknown word with one is no name.
_NO_NAME = re.compile(
    r"(?:ic|itis|osis|emia|oid|ish|ese|ist|ous|ful|less|ing|ed|able|ible|ive|ent|ised|ized|ly|ness|tion|phobic"
    r"|holic|like"
    r"|etamine|oxetine|azepam|azolam|italopram|apine|idone|azine|iptyline|axine|prazole|statin|mab|pril|olol"
    r"|sartan|cillin"
    r"|mycin|barbital|caine|codone|morphone|phine|setron|triptan|gliptin|zole|mide|xor|pam|lam|tine|done|s't|n't"
    r"|'ve|'re|'ll|'s)$"
)
#: What may come before "maria here" and "maria calling".
_HERE = re.compile(
    rf"(?:^|[.!?\n,]|\b(?:hi|hello|hey|hola|its|it{_APOSTROPHE}s|is|yes|ok))[ \t,]*"
    rf"((?:[^\W\d_]{{2,{_LETTERS}}}[ \t]){{1,2}})(?:here|speaking|calling|again|this side)\b",
    re.IGNORECASE,
)
#: What somebody with a name does, and hardly anything else that is written with a capital.
_DOES = re.compile(
    rf"(?<![\w'@./-])((?-i:[A-Z])[^\W\d_]{{1,{_LETTERS}}}(?:-[^\W\d_]{{1,{_LETTERS}}})?) "
    r"(?:said|says|texted|told|thinks|thought|wants|wanted|asked|doesnt|doesn't|didnt|didn't|died|drives|knows"
    r"|will drive|is driving|is coming|called|drove|picked|swears|suggested|referred"
    r"|loved|hates|cried|answered)\b",
    re.IGNORECASE,
)


def _said_to_be_somebody(text: str, capitals_tell: bool) -> Iterator[tuple[int, int]]:
    """Names that what stands behind them, or on both sides, gives away."""
    for found in _IS_NAMED.finditer(text):
        if span := _name(text, found.start(1), Cue.SURE, capitals_tell):
            yield span
    for pattern, is_one in _GIVEN_AWAY:
        yield from (found.span(1) for found in pattern.finditer(text) if is_one(found[1]))
    for found in _LAST_FIRST.finditer(text):
        if _is_last_and_first(fold(found[1]), fold(found[2])):
            yield found.span()
    for found in _MY_NAME.finditer(text):
        before = max(0, found.start() - 60)
        for part in _PART.finditer(text[before : found.start()]):
            if len(part[0]) > 2 and _is_somebody(part[0], said=True):
                yield before + part.start(), before + part.end()


def _by_capitals(text: str) -> Iterator[tuple[int, int]]:
    """First and last names together, by their capitals."""
    for pattern in (_WHO_WRITES, _WHOLE_NAME):
        yield from (found.span(1) for found in pattern.finditer(text) if _is_whole_name(found[1].split()))


def _may_greet(word: str) -> bool:
    """Whether a word that nobody has heard of may be who greets."""
    return is_unheard_of(fold(word)) and fold(word) not in WORDS["who_is_thanked"]


def _is_last_and_first(last: str, first: str) -> bool:
    """Whether two words with a comma between them are a last and a first name."""
    if first not in _LISTS.first or {last, first} & {*_LISTS.places, *TOWNS}:
        return False
    return last in _LISTS.last or "'" in last or is_unheard_of(last)


def _is_somebody(word: str, said: bool = False) -> bool:
    """Whether a word is somebody where only a name can stand.

    Args:
        word: as it was written.
        said: whether it is said to be a name.
    """
    folded = fold(word)
    if said and folded in _LISTS.all_first and (word[0].isupper() or folded in _LISTS.nobody_is):
        return True
    if "-" in folded:
        return not any(half in _LISTS.ordinary for half in folded.split("-"))
    usual = word[0].isupper() or folded not in _LISTS.ordinary
    return usual and folded in _LISTS.all_first and folded not in _LISTS.conditions_and_things


def _is_listed(word: str) -> bool:
    """Whether a list of names has a word, whatever else it may mean."""
    folded = fold(word)
    return folded in _LISTS.all_first and folded not in _LISTS.conditions_and_things


def _is_whole_name(spelled: list[str]) -> bool:
    """Whether words with capitals are a first and a last name."""
    parts = [fold(part) for part in spelled]
    if any(part in _LISTS.places or part in TOWNS for part in parts) and not _SYLLABLES.fullmatch(spelled[0]):
        return False
    last = parts[-1] in _LISTS.last and parts[-1] not in _LISTS.ordinary
    last = last or _SYLLABLES.fullmatch(spelled[0]) is not None
    first = parts[0] in _LISTS.all_first or _SYLLABLES.fullmatch(spelled[0]) is not None
    return first and (last or len(parts) == 1) and parts[0] not in _LISTS.conditions_and_things


#: "sup im dre": a word that nobody has heard of, where somebody who greets says who it is.
_GREETED = re.compile(
    rf"(?:^|[.!?\n] ?)(?:hi+|hey+|hello|hiya|sup|yo|hola|good (?:morning|afternoon|evening))[ ,!.]*(?:there[ ,!.]*)?"
    rf"(?:im|i{_APOSTROPHE}m|i am|its|it{_APOSTROPHE}s|this is|this be|this|soy) ([^\W\d_]{{2,12}})(?=$|[.,!?\n]"
    rf"| (?:and i|from|here)\b)",
    re.IGNORECASE,
)
#: "Raven (she/her)".
_PRONOUNS = re.compile(
    r"(?<![\w'])([^\W\d_]{2,20}),? \(?(?:she|he|they) ?/ ?(?:her|him|they|them|she|he)\b", re.IGNORECASE
)
#: "Mo from earlier".
_FROM_BEFORE = re.compile(r"(?:^|[.!?] )([A-Z][^\W\d_]{1,20}) from (?:earlier|before|yesterday|last|this morning)\b")
#: "Hope and i", "me and Destiny".
_AND_I = re.compile(r"(?:\b(?:[Mm]e|I|i) and |(?<![\w'])(?=[A-Z][^\W\d_]+ and (?:i|I|me)\b))([A-Z][^\W\d_]{2,20})\b")
#: "write angel on the form".
_WRITTEN_DOWN = re.compile(
    r"\b(?:write|put|add|use) ([^\W\d_]{2,20}) (?:on|in|for) (?:the|my|that) (?:form|chart|file|paperwork|name|list)\b",
    re.IGNORECASE,
)
#: "its will.", "hi this is hope, ...": the first words of a message.
_IT_IS = re.compile(
    rf"^(?:(?:hi+|hey+|hello|hiya|yo|hola|good (?:morning|afternoon|evening))[ ,!.]*(?:there|again|it)?[ ,!.]*)?"
    rf"(?:it{_APOSTROPHE}?s|it is|this is|its just) ([^\W\d_]{{2,{_LETTERS}}})(?=[.,!;\n]|$| (?:here|again|from"
    rf"|and i)\b)",
    re.IGNORECASE,
)
#: "ask for chase when you call", "call me bunny".
_ASKED_FOR = re.compile(
    rf"\b(?:ask(?:ing)?|asks|looking) for ([^\W\d_]{{3,{_LETTERS}}})"
    r"(?=[.,!;?\n]|$| (?:when|at|if|please|pls|in|and|or|he|she)\b)",
    re.IGNORECASE,
)
_CALLED_ME = re.compile(rf"\b[Cc]all me ([^\W\d_]{{3,{_LETTERS}}})\b(?! (?:at|on|back|if|when|after|before)\b)")
#: "Dymphna, spelled D Y M ...".
_SPELLED = re.compile(
    rf"(?<![\w'])([A-Z][^\W\d_]{{2,{_LETTERS}}})[ ,\u2013\u2014-]{{1,4}}"
    rf"(?:(?:that|it){_APOSTROPHE}?s )?spell(?:ed|t)\b"
)
#: "olek here", "agnieszka tu": a word that nobody has heard of.
_UNHEARD_HERE = re.compile(
    rf"(?:^|[.!?\n] ?|\b(?:hi|hello|hey|hola) )([^\W\d_]{{3,{_LETTERS}}}) (?:here|tu|aqu[i\u00ed]|speaking|calling)"
    r"(?=[.,!?\n]|$| (?:and|again|from|i|im|sorry|wanting|wondering|asking|with)\b)"
)
#: "name is w i l l i a m", "spelled K-E-V-I-N", "(pronounced keera)".
_LETTER_BY_LETTER = re.compile(
    rf"\b(?:spell(?:ed|t|ing)?(?: (?:it|is|as))?|names?(?: is"
    rf"|{_APOSTROPHE}s)?)[ :,]{{1,2}}((?:[^\W\d_][ .-]){{2,14}}[^\W\d_])\b",
    re.IGNORECASE,
)
_PRONOUNCED = re.compile(r"\(?\bpronounced (?:like )?([^\W\d_]{2,12}(?: [^\W\d_]{2,8})?)(?=\)|,)")
#: "Seung-hee's mom".
_SOMEBODYS = re.compile(
    rf"(?<![\w'])([A-Z][^\W\d_]{{1,{_LETTERS}}}(?:-[^\W\d_]{{2,12}})?){_APOSTROPHE}s (?:{_RELATIVE})\b"
)
#: "JT here".
_TWO_LETTERS = re.compile(r"(?:^|[.!?\n] ?)((?!(?:OK|ER|IV|US|PM|AM|MD|NO|HI|UP|ME|WE|IT)\b)[A-Z]{2}) (?:here|again)\b")
#: Between two names: "tom and lindy", "yusuf or joe".
_JOINED = re.compile(r"(?:,? (?:and|or|not|&|n|y|o) |/| & )(?=[^\W\d_])")
_MY_NAME = re.compile(
    r"\b(?:that'?s|that is|which is|it'?s|is) (?:really )?my (?:first |last |real |legal |actual )?name\b",
    re.IGNORECASE,
)
#: "Ji-hye Park: is there valet".
_WHO_WRITES = re.compile(r"^([A-Z][\w'-]{1,20}(?: [A-Z][\w'-]{1,20}){0,2}): ")
#: "Autumn Rain Johnson is what's on my ID".
_WHOLE_NAME = re.compile(r"(?<![\w'-])([A-Z][a-z'-]{1,20}(?: [A-Z][a-z'-]{1,20})? [A-Z][a-z'-]{2,20})(?![\w'-])")
#: "Summer is my name".
_IS_NAMED = re.compile(
    rf"(?:^|[.!?\n,]|\b(?:hi|hello|yes)) ?((?:[^\W\d_]{{2,{_LETTERS}}} ){{1,3}})is (?:(?:my|the|his|her|our|patients?) "
    r"(?:[a-z]{2,8} )?name)\b",
    re.IGNORECASE,
)
#: "Chase is my brother", "Trung my husband".
_IS_SOMEBODY = re.compile(
    rf"(?<![\w'@./-])([^\W\d_]{{2,{_LETTERS}}}(?:-[^\W\d_]{{2,12}})?) (?:is|was) (?:my|his|her|our) (?:[a-z]{{3,8}} )?"
    rf"(?:{_RELATIVE})\b"
)
_BESIDE_RELATIVE = re.compile(
    rf"(?<![\w'@./-])([^\W\d_]{{2,{_LETTERS}}}(?:-[^\W\d_]{{2,12}})?) (?:my|his|her|our) (?:{_RELATIVE})\b"
)
#: Where only a name can stand, and what tells whether it is one.
_GIVEN_AWAY: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (_GREETED, _may_greet),
    (_PRONOUNS, lambda word: not is_ordinary(word)),
    (_WRITTEN_DOWN, lambda word: _is_somebody(word, said=True)),
    (_IS_SOMEBODY, _is_somebody),
    (_BESIDE_RELATIVE, lambda word: not is_ordinary(word) and _is_somebody(word)),
    (_FROM_BEFORE, _is_somebody),
    (_AND_I, _is_somebody),
    (_IT_IS, lambda word: _is_listed(word)),
    (_ASKED_FOR, lambda word: _is_listed(word)),
    (_CALLED_ME, _is_somebody),
    (_SPELLED, lambda word: not is_ordinary(word)),
    (_TWO_LETTERS, lambda _: True),
    (_UNHEARD_HERE, lambda word: is_unheard_of(fold(word))),
    (_LETTER_BY_LETTER, lambda _: True),
    (_PRONOUNCED, lambda _: True),
    (_SOMEBODYS, lambda word: not is_ordinary(word)),
)
#: "O'Malley, Kevin".
_LAST_FIRST = re.compile(r"(?:(?<=[:\n])|^) ?([A-Z][\w'\u2019-]{2,20}), ([A-Z][a-z]{1,15})(?= ?[A-Z]?\.?(?:$|[\n,.;]))")
_SIGNATURE = re.compile(
    rf"(?:\b(?:{_SIGN_OFF})[ \t]*[,.!:;\-\u2013\u2014~*]*\s*|(?:^|[\n.!?)]|\s)[ \t]*(?:--?"
    rf"|[\u2013\u2014~*])[ \t]*|\n[ \t]*)"
    rf"((?:[^\W\d_][^\s\d]{{0,{_LETTERS}}}[ \t]*){{1,3}})\s*$",
    re.IGNORECASE,
)


class NameRecognizer(EntityRecognizer):
    """Names that are introduced, by grammar, capitals and lists of words."""

    def __init__(self) -> None:
        super().__init__(supported_entities=["PERSON"], name="IntroducedNames", supported_language="en")

    def load(self) -> None:
        """Nothing: the lists are read with the module."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Finds the names in a text.

        Args:
            text: of any length; the time grows with it evenly.
            entities: not used: there is one kind.
            nlp_artifacts: not used.
        """
        capitals_tell = not text.isupper()
        topics = [found.span() for found in _PUBLIC_PEOPLE.finditer(text)]
        spans = [
            *_introduced(text, capitals_tell),
            *_signed(text, capitals_tell),
            *_known(text, capitals_tell),
            *_initials(text),
        ]
        spans += [span for _, end in spans for span in _joined(text, end)]
        return [
            RecognizerResult("PERSON", start, end, _SCORE)
            for start, end in spans
            if not any(begin < end and start < stop for begin, stop in topics)
        ]


def _introduced(text: str, capitals_tell: bool) -> Iterator[tuple[int, int]]:
    """Names behind a cue, and in front of "here"."""
    for cue, pattern in _CUES:
        for found in pattern.finditer(text):
            gap = re.compile(_GAP).match(text, found.end())
            start = gap.end() if gap else found.end()
            if start > found.start() and (span := _name(text, start, cue, capitals_tell)):
                yield span
    yield from _said_to_be_somebody(text, capitals_tell)
    if capitals_tell:
        yield from _by_capitals(text)
    for found in _DOES.finditer(text):
        if span := _name(text, found.start(1), Cue.WEAK, capitals_tell):
            yield span
    for found in _HERE.finditer(text):
        span = _name(text, found.start(1), Cue.WEAK, capitals_tell)
        if span and span[1] >= found.end(1) - 1:
            yield span


def _signed(text: str, capitals_tell: bool) -> Iterator[tuple[int, int]]:
    """A name at the end, behind a sign-off, a dash or on a line of its own."""
    tail = max(0, len(text) - 160)
    for found in _SIGNATURE.finditer(text, tail):
        span = _name(text, found.start(1), Cue.WEAK, capitals_tell)
        word = _PART.fullmatch(text[found.start(1) :].strip(" .!\n\t,;*~"))
        thanks = (
            re.match(r"(?:thanks?|thank you|thx|tks|tysm|ty|cheers|gracias|xo+|ttyl)\b", found[0], re.IGNORECASE)
            is not None
        )
        alone = word is not None and ("," in found[0] or (thanks and is_unheard_of(fold(word[0])))) and len(word[0]) > 2
        if (
            span is None
            and word
            and alone
            and not is_ordinary(word[0])
            and fold(word[0]) not in WORDS["who_is_thanked"]
        ):
            span = (found.start(1), found.start(1) + len(word[0]))  # "bye, tootsie"
        if span and not text[span[1] :].strip(" .!\n\t,;*~"):
            yield span


def _known(text: str, capitals_tell: bool) -> Iterator[tuple[int, int]]:
    """Names that need no introduction: common ones that are no other word, and others by their capitals."""
    end = 0
    titled = capitals_tell and _titled(text)
    for found in _PART.finditer(text):
        if found.start() < end:
            continue
        part, word = found.group(), fold(found.group()).removesuffix("'s")
        capital = capitals_tell and not titled and part[0].isupper()
        if not _stands_alone(word, part, capital, capital and _inside_sentence(text, found.start())):
            continue
        span = _name(text, found.start(), Cue.SURE, capitals_tell)
        if span is None or text[found.start() - 1 : found.start()] in ("@", "/", ".", "#"):
            continue
        following = _PART.match(text, span[1] + 1)
        last = fold(_PART.findall(text[span[0] : span[1]])[-1])
        saint = re.search(r"(?i)\b(?:st\.?|saint|san|santa) $", text[max(0, span[0] - 8) : span[0]])
        if saint or last in _LISTS.places or (following and fold(following.group()) in _LISTS.places):
            continue
        if (nick := re.search(r"\b(?:Big|Lil|Little|Old|Ol)'? $", text[max(0, span[0] - 7) : span[0]])) is not None:
            span = (span[0] - len(nick[0]), span[1])
        yield span
        end = span[1]


def _joined(text: str, end: int) -> Iterator[tuple[int, int]]:
    """The name that is joined to one that ends here."""
    if (joint := _JOINED.match(text, end)) and (part := _PART.match(text, joint.end())) and len(part[0]) > 2:
        word = fold(part[0]).removesuffix("'s")
        if word in _LISTS.first and not is_ordinary(word) and word not in _LISTS.places:
            yield part.span()


def _initials(text: str) -> Iterator[tuple[int, int]]:
    """Initials, with a last name or without, and whose relative somebody is."""
    for found in _INITIALS.finditer(text):
        yield found.span()
    for pattern in (_INITIAL_AND_LAST, _SMALL_INITIALS):
        for found in pattern.finditer(text):
            word = fold(found[1])
            if word not in _LISTS.ordinary and (word in _LISTS.last or is_unheard_of(word)):
                yield found.span()
    for found in _OF_SOMEBODY.finditer(text):
        if fold(found[1]) in _LISTS.common:
            yield found.span(1)
    yield from ((found.start(), _pair_end(text, found)) for found in _PART.finditer(text) if _is_pair(text, found))


def _is_pair(text: str, found: re.Match[str]) -> bool:
    """Whether a word and the next are a first and a last name that are nothing else: "noor haddad"."""
    following = _PART.match(text, found.end() + 1)
    if following is None or text[found.end()] != " " or text[found.start() - 1 : found.start()] in ("@", "/", ".", "#"):
        return False
    first, last = fold(found.group()), fold(following.group()).removesuffix("'s")
    plain = not any(
        word in _LISTS.ordinary or word in _LISTS.learned or word in _LISTS.places for word in (first, last)
    )
    return plain and len(first) > 3 and len(last) > 2 and first in _LISTS.first and last in _LISTS.last


def _pair_end(text: str, found: re.Match[str]) -> int:
    following = _PART.match(text, found.end() + 1)
    return following.end() if following else found.end()


def _stands_alone(word: str, spelled: str, capital: bool, inside: bool) -> bool:
    """Whether a word is a name without anything that says so.

    Args:
        word: folded.
        spelled: as it was written.
        capital: it begins with a capital that tells something.
        inside: and no sentence begins there.
    """
    if word in _LISTS.never or len(word) < 2 or (len(word) == 2 and not (inside and spelled.istitle())):
        return False
    if word in WORDS["slips"] and not capital:
        return False
    halves = word.split("-")
    if len(halves) == 2 and capital and min(map(len, halves)) > 1:
        known = any(half in _LISTS.first for half in halves)
        korean = _SYLLABLES.fullmatch(spelled) is not None
        others = [half for half in halves if half in _LISTS.ordinary and half not in _LISTS.mainly_names]
        return (known and not others) or (
            korean and halves[0] not in others and not any(half in _LISTS.never for half in halves)
        )
    if word in _LISTS.ordinary and word not in _LISTS.mainly_names:
        return inside and (word in _LISTS.nobody_is or (word in _LISTS.spanish and word in _LISTS.first))
    if inside and spelled.istitle() and len(word) > 2 and is_unheard_of(word):
        return True
    if capital and (pet := _PET_NAME.sub("", word)) != word and len(pet) > 2 and pet in _LISTS.common:
        return True
    return (word in _LISTS.common and (capital or len(word) > 3)) or (capital and word in _LISTS.first)


def is_unheard_of(word: str) -> bool:
    """Whether no list has a word, and its ending is not that of a medicine or a condition."""
    known = (_LISTS.learned, _LISTS.ordinary, _LISTS.places, TOWNS)
    return not any(word in words for words in known) and not _NO_NAME.search(word)


#: "Kimmie", "Johnny".
_PET_NAME = re.compile(r"(?:(?<=([b-df-hj-np-tv-z]))\1)?(?:ie|y|ey|ita|ito)$")


#: "T.J.", "dr J".
_INITIALS = re.compile(
    r"(?<![\w.])(?!(?:U\.S|D\.O|I\.D|A\.M|P\.M|I\.V|P\.O|D\.C|M\.D|P\.S|I\.E|E\.G|L\.A|N\.Y|P\.T|E\.R"
    r"|I\.M)\.)[A-Z]\.[A-Z]\.(?!\w)"
    r"|(?<=[Dd]r )[A-Z](?![\w'.])|(?<=[Dd]r\. )[A-Z](?![\w'.])"
)
#: "W. Briggs".
_INITIAL_AND_LAST = re.compile(r"(?<![\w.])[A-Z]\. ?([A-Z][a-z]{2,20})(?!\w)")
_SMALL_INITIALS = re.compile(r"(?<![\w.])[a-z]\. ?[a-z]\. ?([a-z]{3,20})(?!\w)")
#: "keishas mom".
_OF_SOMEBODY = re.compile(rf"(?<![\w'@])([a-z]{{3,20}})s (?=(?:{_RELATIVE})\b)", re.IGNORECASE)
#: "Hyun-woo".
_SYLLABLES = re.compile(r"[A-Z][a-z]{1,5}-[a-z]{2,5}")


def _inside_sentence(text: str, start: int) -> bool:
    """Whether a small letter or a comma stands before a place, so that no sentence begins there."""
    before = text[max(0, start - 3) : start].rstrip(" ")
    return bool(before) and (before[-1].islower() or before[-1] in ",(")


def _titled(text: str) -> bool:
    """Whether most words begin with a capital, so that a capital says nothing."""
    parts = _PART.findall(text[:400])
    return len(parts) > 3 and sum(part[0].isupper() for part in parts) > 0.7 * len(parts)


def _name(text: str, start: int, cue: Cue, capitals_tell: bool) -> tuple[int, int] | None:
    """Where the name that begins here ends; None when there is none."""
    part = _PART.match(text, start)
    if part is None or text[part.end() : part.end() + 1] == "@":
        return None
    if cue is not Cue.TITLE and (title := re.compile(_TITLE[0] + r"[ \t]+", re.IGNORECASE).match(text, start)):
        return _name(text, title.end(), Cue.TITLE, capitals_tell)
    if not _is_first(part.group(), cue, capitals_tell, text[part.end() : part.end() + 12]):
        return None
    end = part.end()
    for _ in range(_PARTS):
        between = _BETWEEN.match(text, end)
        following = _PART.match(text, between.end()) if between else None
        if following is None:
            break
        unheard = len(following[0]) > 2 and not following[0].isupper() and is_unheard_of(fold(following[0]))
        if not ((cue is Cue.SURE and unheard) or _goes_on(text, following, capitals_tell)):
            break
        end = following.end()
    if text[end : end + 1] == "." and len(text[start:end].split()[-1]) == 1:  # "Daniel K."
        end += 1
    return (start, end) if fold(text[start:end]) not in _PARTICLES else None


def _is_first(part: str, cue: Cue, capitals_tell: bool, behind: str) -> bool:
    """Whether a word is the first one of a name."""
    word = fold(part)
    capital = capitals_tell and part[0].isupper()
    plain = word.removesuffix("'s")
    if cue is Cue.TITLE and plain in _LISTS.behind_title:
        return True
    if cue is Cue.SURE and capital and plain in _LISTS.all_first and _ends(behind):
        return True
    if len(plain) == 1:
        initial = r"\.[ \t]?[^\W\d_]" if cue is not Cue.SURE else r"\.?[ \t]?[A-Z]"
        return capital and re.match(initial, behind) is not None
    if plain in _LISTS.never or word in _LISTS.never or (cue is Cue.TITLE and plain in _LISTS.after_title):
        return False
    named = plain in _LISTS.first or (cue in (Cue.TITLE, Cue.RELATIVE) and plain in _LISTS.last and len(plain) > 3)
    if cue is Cue.RELATIVE and re.fullmatch(r"[A-Z]J|J[ABCDPRT]", part):
        return True  # "my nephew TJ"
    if plain in _LISTS.ordinary:
        return _is_name_all_the_same(
            plain, cue, named, capital, _ends(behind) or (capital and re.match(" [A-Z][a-z]", behind) is not None)
        )
    return named or _may_be_name(part, plain, cue, capital)


def _is_name_all_the_same(word: str, cue: Cue, named: bool, capital: bool, ends: bool) -> bool:
    """Whether a word with a use of its own is a name here.

    Args:
        word: folded.
        cue: what stands before it.
        named: a list of names has it.
        capital: it begins with a capital that tells something.
        ends: what comes behind it shows that it is the whole.
    """
    if word in _LISTS.mainly_names or (cue is Cue.SURE and (capital or named) and ends):
        return True
    if cue is Cue.RELATIVE and word in _LISTS.relatives:
        return True
    return named and (capital or cue is Cue.TITLE or (word in _LISTS.nobody_is and ends))


def _may_be_name(part: str, word: str, cue: Cue, capital: bool) -> bool:
    """Whether a word that no list has is a name here.

    Args:
        part: the word as it was written.
        word: folded.
        cue: what stands before it.
        capital: it begins with a capital that tells something.
    """
    if any(half in _LISTS.never for half in word.split("-")) or _CONTRACTION.search(word):
        return False
    usual = word in _LISTS.last or "-" in part or not _NO_NAME.search(word)
    if cue in (Cue.WEAK, Cue.RELATIVE):
        sounds = len(word) > 3 and is_unheard_of(word)
        sounds = sounds and (word[-1] in "aio" if cue is Cue.RELATIVE else word in _LISTS.last)
        return usual and ((capital and not part.isupper()) or sounds)
    return capital or usual or (cue is Cue.TITLE and not _DOING.search(word))


_DOING = re.compile(r"(?:ing|ed|n't)$")
_CONTRACTION = re.compile(r"'(?:m|re|ve|ll|d|t)$")


def _ends(behind: str) -> bool:
    """Whether what comes next shows that a name is over, or goes on as one."""
    return _OVER.match(behind) is not None


_OVER = re.compile(
    r"\s*(?:$|[.,!?;:)\n]|(?:and|i|im|from|but|here|dob|born|was|is|said|says|told|called|who|will|has|had|n)\b)"
)


def _goes_on(text: str, part: re.Match[str], capitals_tell: bool) -> bool:
    """Whether a word behind a part of a name belongs to it."""
    word = fold(part.group()).removesuffix("'s")
    capital = capitals_tell and part.group()[0].isupper()
    behind = text[part.end() : part.end() + 12]
    if word in _SUFFIXES:
        return True
    if word in _PARTICLES:
        following = _PART.match(text, part.end() + 1)
        return following is not None and _goes_on(text, following, capitals_tell)
    if len(word) == 1:
        return (capital and word != "i") or (behind.startswith(".") and word not in "i")
    if word in _LISTS.never:
        return False
    if word in _LISTS.ordinary:
        return capital or word in _LISTS.mainly_names or (word in _LISTS.last and _ends(behind))
    return word in _LISTS.last or word in _LISTS.first or (capital and not part.group().isupper()) or _surname(word)


#: Endings that surnames have and hardly any other word.
_SURNAME = re.compile(
    r"(?:ez|son|sen|ski|sky|ska|wicz|czyk|ian|yan|ova|ov|ev|ini|elli|berg|stein|mann|opoulos|enko|chuk|shvili"
    r"|oğlu|vich)$"
)


def _surname(word: str) -> bool:
    return len(word) > 4 and _SURNAME.search(word) is not None
