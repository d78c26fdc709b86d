"""Reads a text the way its writer meant it: plain lower-case words, whatever the spelling, alphabet or disguise.

"I'm so d-o-n-e, wanna d!e 💀" becomes ``i am so done want to die``. What is a word and how words are disguised is data:
``patterns/spelling.yml`` and ``patterns/english.yml``. Every step looks at a word and its neighbours once, so the time
grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml

PATTERNS = Path(__file__).resolve().parent / "patterns"
SPELLING_FILES = (PATTERNS / "spelling.yml", PATTERNS / "english.yml")

#: Words that stand for something which is no word.
END, MANY, FEW, YEAR, DOSE = "#end", "#many", "#few", "#year", "#dose"

_PIECE = re.compile(
    # letters apart ("k i l l", "d.i.e"), a word with its disguises ("su!cide", "k*ll", "can't"), an end of a sentence
    r"(?P<apart>(?<![^\W_])(?:[^\W_][ ._\-*/]{1,3}){2,}[^\W_](?![^\W_]))"
    r"|(?P<word>[$@]?[^\W_]+(?:['*!@$|#+]{1,4}[^\W_]+)*\*{0,4})"
    r"|(?P<dots>\.{2,})"
    r"|(?P<end>[.!?;]+)"
)
#: "don' want", of which a letter is lost.
_LOST_T = re.compile(r"\b((?:do|ca|wo|did|does|is|are|was|could|would|should|have|has)n)'(?![^\W_])", re.IGNORECASE)
#: What stands where personal data was masked (web/privacy/masking.py): no word of the visitor's, so none takes an alarm
#: back. A word that nobody knows is read in its place.
MASKS = (
    *("phone", "e-mail", "id number", "card number", "account number", "address", "date", "number", "name"),
    *("zip code", "age", "link"),
)
_MASK = re.compile(rf"\[(?:{'|'.join(MASKS)})\]")
_LETTER = re.compile(r"[^\W_]")
_APOSTROPHES = {ord(mark): "'" for mark in "\u2018\u2019\u201b\u02bc\u0060\u00b4\uff07\u2032"}
_LEET = str.maketrans("013457@$!|+", "oieastasiit")
_LEET_L = str.maketrans("013457@$!|+", "oleastasllt")
_SIGNS = re.compile(r"[\d*@$!|#+]+")
_UNITS = frozenset(["mg", "mcg", "ml", "ug", "g", "cc", "min", "mins", "am", "pm", "th", "st", "nd", "rd", "k", "lbs"])
_AGES = frozenset(["yo", "yr", "yrs", "y"])
_ENDINGS = {"m": "am", "ll": "will", "ve": "have", "re": "are", "d": "would"}
_NOT_STEMS = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}
_DOUBLE = re.compile(r"(.)\1+")
#: Longest known word that is sought in words run together, and least letters of such a run.
_LONGEST, _SHORTEST_RUN = 14, 5
#: Longest word that may hold replaced letters, or one slip of the finger.
_LONGEST_DISGUISED, _LONGEST_SLIP = 60, 40


class Reading(NamedTuple):
    """A text as words.

    Attributes:
        words: the words as meant, in lower case; ``#end`` where a sentence ends.
        origin: for each of them, the index in ``shown`` of what the visitor typed.
        shown: the visitor's own pieces of text.
        signs: like ``words``, but of a text that holds telling emoji, with their names among the words; else empty.
        sign_origin: like ``origin``, for ``signs``.
    """

    words: list[str]
    origin: list[int]
    shown: list[str]
    signs: list[str]
    sign_origin: list[int]


def _load(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as file:
        return cast("dict[str, Any]", yaml.load(file, Loader=yaml.CSafeLoader))


def _bare(text: str) -> str:
    """Text without accents and other marks on letters, in compatible plain letters."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    return "".join(char for char in parts if unicodedata.category(char) not in ("Mn", "Cf", "Me"))


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was added, left out, replaced, or two neighbours swapped."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    left, right = typed[start:], meant[start:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    return left[1:] == right if len(left) > len(right) else left == right[1:]


class Reader:
    """Reads texts into the words that the patterns know."""

    def __init__(self) -> None:
        """Reads the spelling files."""
        spelling, english = (_load(path) for path in SPELLING_FILES)
        self._short: dict[str, list[str]] = {key: value.split() for key, value in spelling["short"].items()}
        self._joined: dict[tuple[str, ...], str] = {
            tuple(key.split()): value for key, value in spelling["joined"].items()
        }
        self._context: list[tuple[frozenset[str], str, frozenset[str], list[str]]] = [
            (frozenset(rule["word"].split()), rule["where"], frozenset(rule["near"].split()), rule["means"].split())
            for rule in spelling["context"]
        ]
        self._context_words = frozenset(word for rule in self._context for word in rule[0])
        self._alike = {ord(a): b for pair in spelling["alike"].split() for a, b in [pair.split("=")]}
        self._emoji = {char: name for name, chars in spelling["emoji"].items() for char in chars.split()}
        self._emoji_find = re.compile("|".join(map(re.escape, self._emoji)))
        self._hidden: list[str] = spelling["hidden"].split()
        self._sounds = [(re.compile(rule["like"]), rule["means"]) for rule in spelling["sounds"]]
        self._short |= {word: [MANY] for word in spelling["many"].split()}
        self._short |= {word: [FEW] for word in spelling["few"].split()}
        self._english = frozenset(english["words"].split())
        self._known: frozenset[str] = frozenset()
        self._squeezed: dict[str, str] = {}
        self._slips: dict[str, list[str]] = {}

    def learn(self, vocabulary: Iterable[str]) -> None:
        """Takes in the words that the patterns use: slips of the finger are put right towards them."""
        known = dict.fromkeys([*vocabulary, *self._short, *(w for words in self._short.values() for w in words)])
        self._known = frozenset(known)
        for word in known:
            if not word.isalpha():
                continue
            self._squeezed.setdefault(_DOUBLE.sub(r"\1", word), word)
            if len(word) > 2:
                for key in {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}:
                    self._slips.setdefault(key, []).append(word)

    def is_real(self, word: str) -> bool:
        """Whether a word is known at all, as against a slip of the finger."""
        return word in self._known or word in self._english

    def expand(self, word: str) -> list[str]:
        """The words that a short form stands for: "can't" and "cant" are "can not"; other words stay."""
        short = self._short.get(word)
        if short or "'" not in word:
            return short or [word]
        stem, _, ending = word.rpartition("'")
        if ending == "t":
            verb = stem[:-1] if stem.endswith("n") else stem
            return [_NOT_STEMS.get(verb, verb if verb in self._known else "do"), "not"]
        if ending in _ENDINGS:
            return [*self.expand(stem), _ENDINGS[ending]]
        bare = word.replace("'", "")
        if bare in self._short:
            return self._short[bare]
        return self.expand(stem) if ending == "s" else [part for part in word.split("'") if part]

    def read(self, text: str) -> Reading:
        """Reads a text.

        Args:
            text: anything a visitor may type, of any length.

        Returns:
            its words; see :class:`Reading`.
        """
        text = _MASK.sub(" xx ", text)
        clean = _LOST_T.sub(r"\1't", self._plain(text))
        words, origin, shown = self._pieces(clean)
        words, origin = self._put_together(words, origin)
        signs: list[str] = []
        sign_origin: list[int] = []
        if not text.isascii() and self._emoji_find.search(text):
            named = self._emoji_find.sub(lambda found: f" {self._emoji[found[0]]} ", text)
            signs, sign_origin, shown_signs = self._pieces(self._plain(named))
            sign_origin = [at + len(shown) for at in sign_origin]
            shown = shown + shown_signs
        return Reading(words, origin, shown, signs, sign_origin)

    def _plain(self, text: str) -> str:
        """Text in plain letters; letters of another alphabet that pass for Latin ones become those."""
        text = _bare(text)
        if text.isascii():
            return text
        return re.sub(r"[^\W_]+", self._latin, text)

    def _latin(self, found: re.Match[str]) -> str:
        word = found[0]
        if word.isascii() or word.casefold() in self._known:
            return word.casefold()
        seen = word.translate(self._alike)
        return seen if seen.isascii() else word.casefold()

    def _pieces(self, clean: str) -> tuple[list[str], list[int], list[str]]:
        words: list[str] = []
        origin: list[int] = []
        shown: list[str] = []
        since_end = 0
        last_end = -1
        for kind, piece in self._respaced([(found.lastgroup, found[0]) for found in _PIECE.finditer(clean)]):
            if kind == "dots":
                continue
            if kind == "end":
                if since_end:
                    self._close(words, origin, last_end, since_end, len(shown))
                    last_end = len(words) - 1 if words[-1] == END else last_end
                since_end = 0
                continue
            meant = self._apart(piece) if kind == "apart" else self._word(piece.lower())
            words.extend(meant)
            origin.extend([len(shown)] * len(meant))
            shown.append(piece)
            since_end += len(meant)
        return words, origin, shown

    def _respaced(self, pieces: list[tuple[str | None, str]]) -> list[tuple[str | None, str]]:
        """Pieces of text, with a space that slipped by one letter put back: "neverb een" is "never been"."""
        for at in range(1, len(pieces)):
            left, right = pieces[at - 1][1].lower(), pieces[at][1].lower()
            if pieces[at - 1][0] != "word" or pieces[at][0] != "word" or (self._stands(left) and self._stands(right)):
                continue
            for one, other in ((left + right[0], right[1:]), (left[:-1], left[-1] + right)):
                if one in self._known and other in self._known:
                    pieces[at - 1 : at + 1] = [("word", one), ("word", other)]
        return pieces

    def _stands(self, word: str) -> bool:
        """Whether a word needs no putting right; single letters other than "i" and "a" do."""
        return word in "ia" or word in self._short if len(word) == 1 else self.is_real(word)

    @staticmethod
    def _close(words: list[str], origin: list[int], last_end: int, length: int, at: int) -> None:
        """Marks the end of a sentence; "I want. To. Die." stays one: very short sentences run into their neighbours."""
        if length <= 2:
            if last_end == len(words) - length - 1 and last_end >= 0:
                del words[last_end], origin[last_end]
            return
        words.append(END)
        origin.append(max(at - 1, 0))

    def _apart(self, piece: str) -> list[str]:
        """Words of letters typed apart."""
        letters = "".join(_LETTER.findall(piece.lower())).translate(_LEET)
        meant: list[str] = []
        for word in self._break(letters, loose=True):
            meant.extend(self.expand(word))
        return meant

    def _word(self, word: str) -> list[str]:
        """What one typed word stands for."""
        if word in self._short:
            return self._short[word]
        if word in self._known or word in self._english:
            return [word]
        if word.isalpha():
            return self._unknown(word)
        if "'" in word:
            return [meant for part in self.expand(word) for meant in ([part] if "'" in part else self._word(part))]
        return self._with_number(word) or self._disguised(word)

    def _with_number(self, word: str) -> list[str]:
        """A number, a dose ("40mg"), an age ("15yo") or a number run together with a word ("30pills"); else nothing."""
        if word.isdecimal():
            return [self._number(word)]
        number = re.match(r"\d+", word)
        unit = word[number.end() :] if number else ""
        if unit in _UNITS:
            return [DOSE]
        if unit in _AGES:
            return [FEW, "year", "old"]
        return [self._number(word[: -len(unit)]), *self.expand(unit)] if unit in self._known else []

    def _disguised(self, word: str) -> list[str]:
        """A word with digits or signs in it: letters replaced ("k1ll", "s*icide"), or several words ("die!i")."""
        if len(word) <= _LONGEST_DISGUISED:
            if ("*" in word or "#" in word) and (hidden := self._uncover(word)):
                return [hidden]
            for plain in (word.translate(_LEET), word.translate(_LEET_L)):
                if plain in self._known:
                    return self.expand(plain)
            for plain in (word.translate(_LEET), word.translate(_LEET_L)):
                if plain.isalpha() and plain not in self._english and (meant := self._unknown(plain)) != [plain]:
                    return meant
        parts = [part for part in _SIGNS.split(word) if part]
        return [word] if parts == [word] else [meant for part in parts for meant in self._word(part)]

    @staticmethod
    def _number(digits: str) -> str:
        if len(digits) == 4 and digits[:2] in ("19", "20"):
            return YEAR
        return FEW if len(digits) == 1 and digits < "8" else MANY

    def _uncover(self, word: str) -> str | None:
        """The telling word of which some letters are hidden behind stars."""
        if len(word) > 20 or sum(char.isalpha() for char in word) < 2:
            return None
        wanted = re.compile(
            "".join(
                r"[a-z]{1,3}" if run[0] in "*#" else re.escape(run)
                for run in re.findall(r"[*#]+|[^*#]+", word.translate(_LEET))
            )
        )
        return next((hidden for hidden in self._hidden if wanted.fullmatch(hidden)), None)

    def _unknown(self, word: str) -> list[str]:
        """An unknown word: stretched, run together, misheard or mistyped; itself when it is none of these."""
        squeezed = _DOUBLE.sub(r"\1", word)
        if len(squeezed) > _LONGEST_SLIP:
            return self._break(word, loose=False) or [word]
        if stretched := self._stretched(word, squeezed):
            return stretched
        if word.endswith("in") and word + "g" in self._known:
            return [word + "g"]
        if heard := next((means for like, means in self._sounds if like.fullmatch(word)), None):
            return [heard]
        near = self._nearest(word)
        parts = [near] if near else self._break(word, loose=False) or self._parted(word)
        if not parts and (near := self._nearest(squeezed)):
            parts = [near]
        return [meant for part in parts for meant in self.expand(part)] or [word]

    def _parted(self, word: str) -> list[str]:
        """Two known words with a letter where the space should be ("bezdead"), if it is that."""
        for at in range(1, len(word) - 2 if len(word) > _SHORTEST_RUN else 1):
            left, right = word[:at], word[at + 1 :]
            if right in self._known and left in self._known and (at > 1 or left in "ia"):
                return [left, right]
        return []

    def _stretched(self, word: str, squeezed: str) -> list[str]:
        """The word that this one is with letters drawn out ("dieeee"), if any."""
        if squeezed == word:
            return []
        if meant := self._squeezed.get(squeezed):
            return self.expand(meant)
        return [squeezed] if squeezed in self._english or _DOUBLE.sub(r"\1\1", word) in self._english else []

    def _nearest(self, word: str) -> str | None:
        """The first known word of which this one is a slip of the finger, if any."""
        if not 3 <= len(word) <= _LONGEST_SLIP:
            return None
        found: list[str] = []
        for key in (word, *(word[:at] + word[at + 1 :] for at in range(len(word)))):
            found.extend(meant for meant in self._slips.get(key, ()) if self._is_slip(word, meant))
        if not found:
            return None
        letters = sorted(word)
        return min(found, key=lambda meant: (sorted(meant) != letters, meant[0] != word[0], len(meant) < len(word)))

    @staticmethod
    def _is_slip(typed: str, meant: str) -> bool:
        """Whether a slip; of words of three letters only a swapped or an added letter counts as one."""
        if len(meant) == 3:
            same_ends = typed[0] == meant[0] and (typed[-1] == meant[-1] or len(typed) == 3)
            return (
                same_ends
                and len(typed) != 2
                and (len(typed) == 4 or sorted(typed) == sorted(meant))
                and _one_slip(typed, meant)
            )
        return _one_slip(typed, meant)

    def _break(self, letters: str, *, loose: bool) -> list[str]:
        """Splits letters without spaces into known words, as few as can be.

        Args:
            letters: such as "iwanttodie".
            loose: let letters that belong to no word stand alone; else such letters mean no split at all.

        Returns:
            the words; empty when there is no split.
        """
        if len(letters) < _SHORTEST_RUN and not loose:
            return []
        best: list[tuple[int, int]] = [(0, 0)]
        for end in range(1, len(letters) + 1):
            choice = (best[end - 1][0] + 40, end - 1)
            for start in range(max(0, end - _LONGEST), end):
                part = letters[start:end]
                if len(part) == 1 and part not in "ia":
                    continue
                if part in self._known or (loose and len(part) > 2 and part in self._english):
                    cost = best[start][0] + (3 if len(part) > 2 else 5)
                    if cost < choice[0]:
                        choice = (cost, start)
            best.append(choice)
        if not loose and best[-1][0] >= 40:
            return []
        parts: list[str] = []
        end = len(letters)
        while end:
            start = best[end][1]
            parts.append(letters[start:end])
            end = start
        return parts[::-1]

    def _put_together(self, words: list[str], origin: list[int]) -> tuple[list[str], list[int]]:
        """Joins words torn apart ("my self", "don t", "su icide") and settles words that their neighbours explain."""
        joined: list[str] = []
        places: list[int] = []
        for word, place in zip(words, origin):
            whole = self._whole(joined[-1], word) if joined else None
            if whole:
                joined.pop()
            at = places.pop() if whole else place
            meant = self.expand(whole) if whole else [word]
            joined.extend(meant)
            places.extend([at] * len(meant))
        if self._context_words.isdisjoint(joined):
            return joined, places
        return self._settle(joined, places)

    def _whole(self, left: str, right: str) -> str | None:
        if (left, right) in self._joined:
            return self._joined[left, right]
        if left in self._english and right in self._english:
            return None
        both = left + right
        if len(both) >= 6 and both in self._known and not (left in self._known and right in self._known):
            return both
        return None

    def _settle(self, words: list[str], origin: list[int]) -> tuple[list[str], list[int]]:
        settled: list[str] = []
        places: list[int] = []
        for at, word in enumerate(words):
            meant = [word]
            if word in self._context_words:
                before = words[at - 1] if at else ""
                after = words[at + 1] if at + 1 < len(words) else ""
                for forms, where, near, means in self._context:
                    if word in forms and (before if where == "after" else after) in near:
                        meant = means
                        break
            settled.extend(meant)
            places.extend([origin[at]] * len(meant))
        return settled, places
