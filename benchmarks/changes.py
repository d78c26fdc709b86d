"""Changes to a sentence that leave what it says: slips of the finger, case, politeness, a story around it.

Invariance as in Ribeiro et al., "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList", ACL 2020.
A change takes a text and a source of chance and gives the changed text, or the same where there is nothing to change.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Change = Callable[[str, random.Random], str]

#: Neighbours on a US keyboard.
_KEYS = {
    **{"a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk"},
    **{"k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry"},
    **{"u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x"},
}
_LONG_WORD = re.compile(r"[A-Za-z]{4,}")
_VOWEL = re.compile(r"[aeiou]", re.IGNORECASE)
EMOJI = ("🙂", "🙏", "😅", "💙")
POLITE_BEFORE = ("Could you please help me with this: ", "Good afternoon. If I may ask, ", "Sorry to bother you, but ")
POLITE_AFTER = (" Thank you very much.", " Thanks in advance!", " I would be grateful for an answer.")
FILLER_BEFORE = ("hmm ok so ", "umm, ", "I was just reading this page on my phone. ", "quick question: ")
FILLER_AFTER = (" Just wondering.", " lol", " I was only curious.", " No rush.")
#: American and British spelling.
SPELLINGS = {
    **{"anesthetic": "anaesthetic", "anesthesia": "anaesthesia", "anesthesiologist": "anaesthesiologist"},
    **{"behavioral": "behavioural", "tranquilizer": "tranquilliser", "center": "centre", "color": "colour"},
    **{"program": "programme", "canceled": "cancelled", "mom": "mum", "favorite": "favourite"},
    **{"counselor": "counsellor", "specialize": "specialise", "recognized": "recognised", "apologize": "apologise"},
    **{"neighbor": "neighbour", "pediatric": "paediatric", "hospitalized": "hospitalised"},
    **{"labor": "labour", "judgment": "judgement", "diarrhea": "diarrhoea", "parking lot": "car park"},
    **{
        "stabilize": "stabilise",
        "summarize": "summarise",
        "minimize": "minimise",
        "gray": "grey",
        "license": "licence",
    },
}
CONTRACTIONS = {
    **{"what is": "what's", "how is": "how's", "who is": "who's", "where is": "where's", "that is": "that's"},
    **{"it is": "it's", "there is": "there's", "i am": "I'm", "i would": "I'd", "i have": "I've", "do not": "don't"},
    **{"does not": "doesn't", "is not": "isn't", "are not": "aren't", "cannot": "can't", "will not": "won't"},
    **{"did not": "didn't", "has not": "hasn't", "have not": "haven't", "would not": "wouldn't", "when is": "when's"},
}
#: Names of one kind, each as good as another.
NAMES = (
    ("Zoloft", "Prozac", "Lexapro", "Celexa", "Paxil"),
    ("Wellbutrin", "lithium", "Abilify", "Seroquel", "Lamictal", "gabapentin"),
    ("PTSD", "OCD", "ADHD", "fibromyalgia", "migraines", "chronic pain"),
    ("Aetna", "Cigna", "Blue Cross", "Medicare", "UnitedHealthcare"),
    ("my mother", "my father", "my husband", "my wife", "my brother", "my sister"),
    ("Maria", "Robert", "Aisha", "Wei", "Dmitri"),
    ("heart condition", "liver disease", "thyroid problem", "seizure disorder", "kidney disease"),
)


def typos(text: str, chance: random.Random) -> str:
    """One slip in six words, at least one: letters swapped, left out, doubled, or the key beside."""
    return _with_slips(text, max(1, len(text.split()) // 6), chance)


def many_typos(text: str, chance: random.Random) -> str:
    """One slip in two words, at least two."""
    return _with_slips(text, max(2, len(text.split()) // 2), chance)


def _with_slips(text: str, count: int, chance: random.Random) -> str:
    for _ in range(count):
        words = list(_LONG_WORD.finditer(text))
        if not words:
            return text
        word = chance.choice(words)
        at = chance.randrange(word.start() + 1, word.end() - 1)
        text = chance.choice((_swapped, _left_out, _doubled, _beside))(text, at, chance)
    return text


def _swapped(text: str, at: int, _: random.Random) -> str:
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _left_out(text: str, at: int, _: random.Random) -> str:
    return text[:at] + text[at + 1 :]


def _doubled(text: str, at: int, _: random.Random) -> str:
    return text[: at + 1] + text[at:]


def _beside(text: str, at: int, chance: random.Random) -> str:
    return text[:at] + chance.choice(_KEYS[text[at].lower()]) + text[at + 1 :]


def upper(text: str, _: random.Random) -> str:
    """In capitals."""
    return text.upper()


def lower(text: str, _: random.Random) -> str:
    """Without a capital."""
    return text.lower()


def without_punctuation(text: str, _: random.Random) -> str:
    """Words and spaces only; a hyphen between letters stays."""
    return " ".join(re.sub(r"[^\w\s'’-]|(?<!\w)['’-]|['’-](?!\w)", " ", text).split())


def without_apostrophes(text: str, _: random.Random) -> str:
    """As typed in haste: dont, whats."""
    return re.sub(r"(?<=\w)['’](?=\w)", "", text)


def curly_quotes(text: str, _: random.Random) -> str:
    """With the quotes that a phone or a word processor sets."""
    text = re.sub(r"(?<=\w)'", "’", text)
    return re.sub(r'"([^"]*)"', r"“\1”", text)


def stretched(text: str, chance: random.Random) -> str:
    """The last vowel of two words drawn out: soooo."""
    for _ in range(2):
        words = [word for word in _LONG_WORD.finditer(text) if _VOWEL.search(word.group())]
        if not words:
            return text
        word = chance.choice(words)
        vowel = list(_VOWEL.finditer(text, word.start(), word.end()))[-1]
        text = text[: vowel.end()] + vowel.group() * 3 + text[vowel.end() :]
    return text


def emoji(text: str, chance: random.Random) -> str:
    """One between two words and one at the end."""
    words = text.split(" ")
    words.insert(chance.randrange(1, len(words)) if len(words) > 1 else 1, chance.choice(EMOJI))
    return f"{' '.join(words)} {chance.choice(EMOJI)}"


def extra_spaces(text: str, chance: random.Random) -> str:
    """Two to four blanks between words, here and there, and around the text."""
    words = text.split(" ")
    spaced = "".join(word + " " * chance.choice((1, 1, 2, 4)) for word in words)
    return f"  {spaced} "


def polite_before(text: str, chance: random.Random) -> str:
    """Behind a polite opening."""
    return chance.choice(POLITE_BEFORE) + text


def polite_after(text: str, chance: random.Random) -> str:
    """With thanks behind it."""
    return text + chance.choice(POLITE_AFTER)


def filler_before(text: str, chance: random.Random) -> str:
    """Behind words that say nothing."""
    return chance.choice(FILLER_BEFORE) + text


def filler_after(text: str, chance: random.Random) -> str:
    """In front of words that say nothing."""
    return text + chance.choice(FILLER_AFTER)


def other_spelling(text: str, _: random.Random) -> str:
    """American words in British spelling, British ones in American."""
    return _replaced(text, SPELLINGS | {british: american for american, british in SPELLINGS.items()})


def contractions(text: str, _: random.Random) -> str:
    """What is contracted in full, what is in full contracted."""
    return _replaced(text, CONTRACTIONS | {short.lower(): full for full, short in CONTRACTIONS.items()})


def names_swapped(text: str, chance: random.Random) -> str:
    """Each medicine, condition, insurer or person named becomes another of its kind."""
    table = {
        name.lower(): chance.choice([other for other in names if other != name]) for names in NAMES for name in names
    }
    return _replaced(text, table)


def _replaced(text: str, table: dict[str, str]) -> str:
    """All in one pass, whole words only; a capital in front stays one."""
    words = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(table, key=len, reverse=True)))})\b", re.IGNORECASE)

    def other(found: re.Match[str]) -> str:
        new = table[found.group().lower()]
        return new[0].upper() + new[1:] if found.group()[0].isupper() else new

    return words.sub(other, text)


def changed(change: Change, text: str) -> str:
    """The text with a change, the same one each time: chance starts from the change's name and the text."""
    name = getattr(change, "__name__", "")
    return change(text, random.Random(f"{name} {text}"))
