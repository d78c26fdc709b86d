"""The floor: judges a text for danger, from pattern files alone.

How it works, in one breath: the text is read into plain words (normalise.py); each word that any pattern knows becomes
one character, each other word a stand-in; each pattern of ``patterns/*.yml`` is a small regular expression over those
characters. Take-backs ("died laughing") are found first and what they cover is blotted out; whatever danger is found
in the rest counts, and the gravest wins. ``patterns.yml`` explains the pattern language.

Every gap in a pattern is bounded and no repetition holds another, so a pattern's work at one place of a text is
bounded, and the whole work grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, cast

import yaml

from safety.decision import DANGERS, Decision
from safety.normalise import END, SPELLING_FILES, Reader, Reading

_FOLDER = Path(__file__).resolve().parent
_WORDS_FILE = _FOLDER / "patterns.yml"
_FAMILY_FILES = tuple(sorted(path for path in (_FOLDER / "patterns").glob("*.yml") if path not in SPELLING_FILES))
#: Files that the floor's judgement depends on.
SAFETY_FILES: tuple[Path, ...] = (
    Path(__file__),
    _FOLDER / "normalise.py",
    _FOLDER / "decision.py",
    _WORDS_FILE,
    *SPELLING_FILES,
    *_FAMILY_FILES,
)

# Characters that stand for words. The pattern words themselves begin at _FIRST.
_BREAK, _OTHER, _ODD, _BLOT = "\n", "o", "x", "-"
_FIRST = 0x4E00
#: Begin and end of a sentence.
_EDGES = {"^": f"(?<![^{_BREAK}])", "$": f"(?![^{_BREAK}])"}
_SYNTAX = re.compile(
    r"\.\.(?P<gap>\d{1,2}(?:-[a-z]+)?)\.\.|\{(?P<group>\w+)\}|(?P<sign>!<|[_()|?!=^$])|(?P<word>[#'\w]+)"
)
#: Longest slip of the finger that may stand for a word that changes nothing ("relly").
_ODD_LENGTH = 5
_MOST_SHOWN = 5
_NEAR = 9
#: What a frame can say of the sentences near it; how many words before a hit tell its tense; how often a pattern is
#: looked for in one text.
_FRAMES = ("past", "back", "about", "loss", "asks")
_BEFORE = 3
_MOST_HITS = 20
#: How many words may stand between two cues that are a danger together.
_TOGETHER = 12
#: How many words from a hit the everyday thing stands of which it speaks.
_NAMED = 8
#: What befalls a body is said of no thing, whatever is named beside it.
_BY_BODIES = ("attempt", "body", "violence")


class PatternError(ValueError):
    """A pattern file holds something that is no pattern."""


@dataclass(frozen=True)
class _Part:
    """A piece of a compiled pattern: its regular expression, and characters one of which any match must hold."""

    regex: str
    need: frozenset[str] | None = None


@dataclass(frozen=True)
class _Family:
    """What a hit of a family's patterns means. See "families" in patterns.yml."""

    danger: str
    sure: str
    whose: str | None
    language: str
    gentle: bool
    signs: bool
    firm: bool
    frame: str | None
    cue: str | None = None


@dataclass(frozen=True)
class _Pattern:
    regex: str
    family: _Family

    @cached_property
    def find(self) -> re.Pattern[str]:
        """Compiled when a text first holds the pattern's rarest word: most never do, and all of them take seconds."""
        return re.compile(self.regex)


@dataclass(frozen=True)
class _Hit:
    family: _Family
    whose: str | None
    words: str
    start: int
    end: int

    def is_beside(self, other: _Hit) -> bool:
        """Whether another hit stands near this one and shares no word with it."""
        gap = max(self.start, other.start) - min(self.end, other.end)
        return 0 <= gap <= _TOGETHER


class _Compiler:
    """Turns patterns, as text, into regular expressions over one character per word."""

    def __init__(self, reader: Reader, groups: dict[str, str], common: frozenset[str]) -> None:
        self._reader = reader
        self._groups = groups
        self._common_words = common
        self._parts: dict[str, _Part] = {}
        self.chars: dict[str, str] = {}
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        self._common: set[str] = set()

    def compile(self, text: str) -> _Part:
        """Compiles one pattern.

        Raises:
            PatternError: it is malformed or names an unknown group.
        """
        saved = self._tokens, self._at
        self._tokens = [(cast(str, found.lastgroup), found[found.lastgroup or 0]) for found in _SYNTAX.finditer(text)]
        self._at = 0
        left = _SYNTAX.sub("", text).strip()
        if left:
            raise PatternError(f"cannot read {left!r} in {text!r}")
        part = self._choice(text)
        if self._at != len(self._tokens):
            raise PatternError(f"unbalanced bracket in {text!r}")
        self._tokens, self._at = saved
        return part

    def char(self, word: str) -> str:
        """The character that stands for a word."""
        if word not in self.chars:
            self.chars[word] = chr(_FIRST + len(self.chars))
            if word in self._common_words:
                self._common.add(self.chars[word])
        return self.chars[word]

    def _choice(self, text: str) -> _Part:
        options = [self._sequence(text)]
        while self._next() == ("sign", "|"):
            self._at += 1
            options.append(self._sequence(text))
        if len(options) == 1:
            return options[0]
        needs = [option.need for option in options]
        need = None if None in needs else frozenset().union(*(n for n in needs if n))
        single = [option.regex for option in options if len(option.regex) == 1]
        longer = [option.regex for option in options if len(option.regex) != 1]
        if single:
            longer.insert(0, f"[{''.join(single)}]" if len(single) > 1 else single[0])
        return _Part(longer[0] if len(longer) == 1 else f"(?:{'|'.join(longer)})", need)

    def _sequence(self, text: str) -> _Part:
        regex = ""
        need: frozenset[str] | None = None
        while (token := self._next()) and token not in (("sign", "|"), ("sign", ")")):
            part = self._item(text)
            if self._next() == ("sign", "?"):
                self._at += 1
                part = _Part(f"(?:{part.regex})?")
            regex += part.regex
            if part.need and (need is None or self._weight(part.need) < self._weight(need)):
                need = part.need
        return _Part(regex, need)

    def _weight(self, chars: frozenset[str]) -> int:
        return len(chars) + 1000 * len(chars & self._common)

    def _next(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _item(self, text: str) -> _Part:
        token = self._next()
        if token is None:
            raise PatternError(f"unfinished pattern {text!r}")
        self._at += 1
        kind, value = token
        if kind == "word":
            chars = [self.char(word) for word in self._reader.expand(value)]
            return _Part("".join(chars), min((frozenset(char) for char in chars), key=self._weight))
        if kind == "group":
            return self._group(value, text)
        if kind == "gap":
            most, _, without = value.partition("-")
            return _Part(f"[^{_BREAK}{self._letters(without, text)}]{{0,{most}}}?")
        return self._sign(value, text)

    def _sign(self, value: str, text: str) -> _Part:
        if value == "_":
            return _Part(f"(?:{self._group('filler', text).regex}|{_ODD}){{0,3}}?")
        if value in _EDGES:
            return _Part(_EDGES[value])
        if value == "=":
            return _Part(f"(?={self._item(text).regex})")
        if value in ("!", "!<"):
            return _Part(f"(?{'<' if value == '!<' else ''}!{self._item(text).regex})")
        if value == "(":
            return self._brackets(text)
        raise PatternError(f"misplaced {value!r} in {text!r}")

    def _brackets(self, text: str) -> _Part:
        part = self._choice(text)
        if self._next() != ("sign", ")"):
            raise PatternError(f"unbalanced bracket in {text!r}")
        self._at += 1
        return _Part(f"(?:{part.regex})" if len(part.regex) > 1 else part.regex, part.need)

    def _letters(self, name: str, text: str) -> str:
        """Characters of the words of a group, for use between brackets."""
        if name and name not in self._groups:
            raise PatternError(f"no group {name!r}, in {text!r}")
        return "".join(self.char(word) for word in self._groups[name].split(" | ")) if name else ""

    def _group(self, name: str, text: str) -> _Part:
        if name not in self._groups:
            raise PatternError(f"no group {name!r}, in {text!r}")
        if name not in self._parts:
            part = self.compile(self._groups[name])
            self._parts[name] = _Part(f"(?:{part.regex})" if len(part.regex) > 1 else part.regex, part.need)
        return self._parts[name]


def _lines(block: str) -> list[str]:
    """The patterns of a block: one a line; what follows ``//`` is a remark."""
    return [line for raw in block.splitlines() if (line := raw.partition("//")[0].strip())]


def _load(path: Path) -> Any:
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)


class Floor:
    """All patterns, ready to judge."""

    def __init__(self) -> None:
        """Reads and compiles the pattern files.

        Raises:
            PatternError: a pattern is malformed.
        """
        shared = _load(_WORDS_FILE)
        self._reader = Reader()
        groups = {name: " | ".join(block.split()).replace("+", " ") for name, block in shared["words"].items()}
        groups |= {name: " | ".join(_lines(block)) for name, block in shared["phrases"].items()}
        compiler = _Compiler(self._reader, groups, frozenset(shared["common"].split()))
        self._patterns: list[_Pattern] = []
        self._by_need: dict[str, list[int]] = {}
        self._cover: list[_Pattern] = []
        self._cover_by_need: dict[str, list[int]] = {}
        self._frames: list[_Pattern] = []
        self._frames_by_need: dict[str, list[int]] = {}
        self._together: list[tuple[str, str, _Family]] = []
        for path in _FAMILY_FILES:
            for family in _load(path):
                self._add(compiler, family)
        self._me = {compiler.char(word) for word in shared["me"].split()}
        self._mine = self._me | {compiler.char("my")}
        self._them = {compiler.char(word) for word in shared["them"].split()}
        self._past = {compiler.char(word) for word in shared["past"].split()}
        self._ongoing = {compiler.char(word) for word in shared["ongoing"].split()}
        self._ended = {compiler.char(word) for word in shared["ended"].split()}
        self._topics = {compiler.char(word) for word in shared["topics"].split()}
        self._light = {compiler.char(word) for word in shared["light"].split()}
        self._turn = {compiler.char(word) for word in groups["turn"].split(" | ")} | self._me
        self._present = {compiler.char(word) for word in shared["present"].split()}
        self._they = {compiler.char(word) for word in shared["they"].split()}
        self._third = {compiler.char(word) for word in shared["third"].split()}
        self._names = {compiler.char(word) for word in shared["names"].split()}
        self._whose_words = {compiler.char(word) for word in shared["whose_words"].split()}
        self._chars = {**compiler.chars, END: _BREAK}
        self._known = frozenset(compiler.chars.values())
        self._reader.learn(word for word in compiler.chars if not word.startswith("#"))

    def _add(self, compiler: _Compiler, entry: dict[str, Any]) -> None:
        danger = entry.get("danger", "none")
        if danger not in DANGERS:
            raise PatternError(f"no danger {danger!r}")
        family = _Family(
            danger=danger,
            sure=entry.get("sure", "clear"),
            whose=entry.get("whose"),
            language=entry.get("language", "en"),
            gentle=entry.get("gentle", False),
            signs=entry.get("signs", False),
            firm=entry.get("firm", False),
            frame=entry.get("frame"),
            cue=entry.get("cue"),
        )
        if family.frame not in (None, *_FRAMES):
            raise PatternError(f"no frame {family.frame!r}")
        for line in _lines(entry.get("together", "")):
            first, _, second = line.partition(" + ")
            self._together.append((first, second, family))
        if "together" in entry:
            return
        if family.frame:
            patterns, by_need = self._frames, self._frames_by_need
        elif entry.get("takes_back", False):
            patterns, by_need = self._cover, self._cover_by_need
        else:
            patterns, by_need = self._patterns, self._by_need
        for line in _lines(entry["patterns"]):
            part = compiler.compile(line)
            if part.need is None:
                raise PatternError(f"{line!r} asks for no word at all")
            for char in part.need:
                by_need.setdefault(char, []).append(len(patterns))
            ending = f"(?={compiler.compile('{close}').regex})" if entry.get("close", False) else ""
            patterns.append(_Pattern(part.regex + ending, family))

    def _check_cues(self) -> None:
        """Sees to it that whatever is named together is a cue.

        Raises:
            PatternError: some name is none.
        """
        cues = {pattern.family.cue for pattern in self._patterns}
        unknown = {name for first, second, _ in self._together for name in (first, second)} - cues
        if unknown:
            raise PatternError(f"no cues {sorted(unknown)}")

    def compile_all(self) -> None:
        """Compiles every pattern that no text has asked for yet."""
        for pattern in (*self._patterns, *self._cover, *self._frames):
            _ = pattern.find

    def judge(self, text: str) -> Decision:
        """Judges a text.

        Args:
            text: anything a visitor may type, of any length.

        Returns:
            the gravest danger in it; :class:`safety.decision.Decision` without danger when there is none.
        """
        reading = self._reader.read(text)
        hits, gentle = self._look(reading.words, reading.origin, reading, signs=False)
        if reading.signs:
            more, _ = self._look(reading.signs, reading.sign_origin, reading, signs=True)
            hits += more
        dangers = [hit for hit in hits if hit.family.danger != "none"]
        if not dangers:
            gentle = gentle or any(hit.family.gentle for hit in hits)
            return Decision(gentle=gentle, words=_shown(hits) if gentle else ())
        gravest = min(dangers, key=lambda hit: DANGERS.index(hit.family.danger)).family.danger
        those = [hit for hit in dangers if hit.family.danger == gravest]
        english = any(hit.family.language == "en" for hit in dangers)
        return Decision(
            danger=gravest,
            whose=_whose(those),
            sure="clear" if any(hit.family.sure == "clear" for hit in those) else "possible",
            words=_shown(those),
            language="en" if english else those[0].family.language,
        )

    def _look(self, words: list[str], origin: list[int], reading: Reading, *, signs: bool) -> tuple[list[_Hit], bool]:
        """Finds what the patterns find: hits outside of take-backs, and whether a take-back calls for a gentle line."""
        line = "".join([self._chars.get(word) or self._stand_in(word) for word in words])
        present = set(line)
        blotted, gentle = self._blot(line, present)
        hits: list[_Hit] = []
        cues: dict[str, list[_Hit]] = {}
        frames: dict[str, set[int]] | None = None
        for index in _candidates(self._by_need, present):
            pattern = self._patterns[index]
            if signs != pattern.family.signs:
                continue
            source = line if pattern.family.firm else blotted
            for start, end in _spans(pattern, source):
                if not pattern.family.firm and (pattern.family.danger != "none" or pattern.family.cue):
                    frames = self._frame_of(line, present) if frames is None else frames
                    if pattern.family.danger not in _BY_BODIES and self._is_of_a_thing(line, start, end):
                        continue
                    if self._taken_back(pattern.family, line, start, end, frames):
                        gentle = gentle or not pattern.family.cue
                        continue
                words_shown = self._quote(line, origin, reading.shown, start, end)
                whose = pattern.family.whose or self._whose(line, start, end)
                hit = _Hit(pattern.family, whose, words_shown, start, end)
                if not pattern.family.cue:
                    hits.append(hit)
                    break
                found = cues.setdefault(pattern.family.cue, [])
                if len(found) == _MOST_HITS:
                    break
                found.append(hit)
        return hits + self._joined(cues), gentle

    def _joined(self, cues: dict[str, list[_Hit]]) -> list[_Hit]:
        """The hits that cues make together: each says little by itself, two of certain kinds near each other do."""
        joined: list[_Hit] = []
        for first, second, family in self._together:
            for one in cues.get(first, ()):
                beside = next((other for other in cues.get(second, ()) if one.is_beside(other)), None)
                if beside:
                    joined += [replace(one, family=family), replace(beside, family=family)]
                    break
        return joined

    def _frame_of(self, line: str, present: set[str]) -> dict[str, set[int]]:
        """The sentences of a line, by number, that each kind of frame speaks for."""
        frames: dict[str, set[int]] = {}
        for index in _candidates(self._frames_by_need, present):
            pattern = self._frames[index]
            if found := pattern.find.search(line):
                frames.setdefault(cast(str, pattern.family.frame), set()).add(line.count(_BREAK, 0, found.start()))
        return frames

    def _taken_back(self, family: _Family, line: str, start: int, end: int, frames: dict[str, set[int]]) -> bool:
        """Whether a hit speaks of what is past and over, of a subject and of nobody in particular, or only asks.

        The frame has to stand in the same sentence, or in the one before or after it; nothing may say that it is back.
        """
        if not frames:
            return False
        at = line.count(_BREAK, 0, start)
        near = {at - 1, at, at + 1}
        before = line[max(0, start - _BEFORE) : start].rpartition(_BREAK)[2]
        told = set(before + line[start:end])
        if not frames.get("back", set()) & near:
            over = told & self._past or not told & self._present
            if frames.get("past", set()) & near and over and (not told & self._ongoing or told & self._ended):
                return True
            if frames.get("loss", set()) & near and told & self._they and not told & (self._me | self._present):
                return True
        named = self._mine | self._they
        if family.danger in ("body", "attempt", "harm") and at in frames.get("asks", ()) and not told & named:
            return not any(self._is_person(line, place) for place in range(max(0, start - _BEFORE), end))
        if frames.get("about", set()) & near and set(line[start:end]) & self._topics:
            return not (told | set(line[end : end + 1])) & (self._me | self._they)
        return False

    def _is_of_a_thing(self, line: str, start: int, end: int) -> bool:
        """Whether a hit speaks of some everyday thing, named right after it or as its subject before it."""
        for char in line[end : end + _NAMED]:
            if char == _BREAK or char in self._turn:
                break
            if char in self._light:
                return True
        if line[start] in self._turn:
            return False
        for char in reversed(line[max(0, start - _NAMED) : start]):
            if char == _BREAK or char in self._turn:
                break
            if char in self._light:
                return True
        return False

    def _stand_in(self, word: str) -> str:
        return _ODD if len(word) <= _ODD_LENGTH and not self._reader.is_real(word) else _OTHER

    def _blot(self, line: str, present: set[str]) -> tuple[str, bool]:
        """The line with every take-back blotted out, and whether one of them asks for a gentle line."""
        gentle = False
        spans: list[tuple[int, int]] = []
        for index in _candidates(self._cover_by_need, present):
            pattern = self._cover[index]
            found = [match.span() for match in pattern.find.finditer(line)]
            spans += found
            gentle = gentle or (bool(found) and pattern.family.gentle)
        if not spans:
            return line, gentle
        kept = list(line)
        for start, end in spans:
            kept[start:end] = [_BLOT if char != _BREAK else char for char in line[start:end]]
        return "".join(kept), gentle

    def _whose(self, line: str, start: int, end: int) -> str | None:
        """Whose danger a hit speaks of: of the one it names or, failing that, of the last person before it, if any."""
        hit = line[start:end]
        if any(char in self._me for char in hit):
            return "other" if hit[0] in self._they else "own"
        if any(char in self._they for char in hit) or (
            line[start] in self._whose_words and any(self._is_person(line, at) for at in range(start, start + 4))
        ):
            return "other"
        third = "other" if any(char in self._third for char in hit) else None
        for at in range(start - 1, max(0, start - _NEAR) - 1, -1):
            if line[at] in self._me:
                return "own"
            if line[at] in self._they or self._is_person(line, at):
                return "other"
        return third

    def _is_person(self, line: str, at: int) -> bool:
        """Whether somebody else is named here: "mom", or "son" with "my" or the like shortly before."""
        if line[at : at + 1] in self._names:
            return True
        return line[at : at + 1] in self._them and any(char in self._whose_words for char in line[max(0, at - 3) : at])

    def _quote(self, line: str, origin: list[int], shown: list[str], start: int, end: int) -> str:
        """The visitor's own words of a hit; words that no pattern knows (names, numbers) are left out."""
        quoted: list[str] = []
        last = -1
        for at in range(start, end):
            if origin[at] == last:
                continue
            last = origin[at]
            known = line[at] in self._known
            if known or not quoted or quoted[-1] != "…":
                quoted.append(shown[last] if known else "…")
        return " ".join(quoted)


def _spans(pattern: _Pattern, line: str) -> list[tuple[int, int]]:
    """Where a pattern stands in a line: the first few places."""
    return [found.span() for found in islice(pattern.find.finditer(line), _MOST_HITS)]


def _candidates(by_need: dict[str, list[int]], present: set[str]) -> list[int]:
    """Patterns of which a line holds at least the rarest word, in the order of the files."""
    chosen: set[int] = set()
    for char in present:
        if char in by_need:
            chosen.update(by_need[char])
    return sorted(chosen)


def _whose(hits: list[_Hit]) -> str:
    """Whose danger hits speak of together: the writer's own unless all that is said of it is said of somebody else."""
    told = [hit for hit in hits if hit.family.whose == "other"]
    rest = [hit for hit in hits if not any(hit.start < tale.end and tale.start < hit.end for tale in told)]
    if any(hit.whose == "own" for hit in rest):
        return "own"
    return "other" if told or any(hit.whose == "other" for hit in rest) else "own"


def _shown(hits: list[_Hit]) -> tuple[str, ...]:
    """The words of hits, without repeats, the longest first, none that is part of another."""
    kept: list[str] = []
    for words in sorted({hit.words for hit in hits}, key=lambda words: (-len(words), words)):
        if not any(words in other for other in kept):
            kept.append(words)
    return tuple(kept[:_MOST_SHOWN])


_FLOOR = Floor()


def compile_all() -> None:
    """Compiles every pattern now (some seconds): for a server's start, in a thread beside its other work."""
    _FLOOR.compile_all()


def judge(text: str) -> Decision:
    """Judges a text for danger to the one who writes it or to somebody else.

    Args:
        text: anything a visitor may type, of any length.

    Returns:
        what is seen, whose danger it is, how sure that is, and the words that led to it.
    """
    return _FLOOR.judge(text)
