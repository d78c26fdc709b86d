"""Measures what masking finds and what it hides without need. Run by ``make masking-report``.

The lines in tests/web/masking_corpus/ are by a writer who did not see the recognisers. Half of them (``looked_at.yml``)
served to widen the rules; the figures are of the other half (``held_out.yml``), with 95 % intervals (Wilson), beside
presidio's own recognisers alone. ``--looked-at`` lists what goes wrong in the first half.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
CORPUS = ROOT / "tests" / "web" / "masking_corpus"
#: Kinds that are names; all others have a structure.
NAMES = ("name",)
_SPAN = re.compile("\u27e6(.*?)\u27e7", re.DOTALL)
_Z = 1.96

#: Places in a text: begin and end of each part that is to be hidden, or was.
Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Line:
    """One line of the corpus."""

    kind: str
    text: str
    private: Spans


def read(half: str) -> list[Line]:
    """The lines of one file of the corpus.

    Args:
        half: its name without the ending.
    """
    entries: dict[str, list[str]] = yaml.safe_load((CORPUS / f"{half}.yml").read_text(encoding="utf-8"))
    return [_line(kind, marked) for kind, lines in entries.items() for marked in lines]


def _line(kind: str, marked: str) -> Line:
    private: Spans = []
    text = ""
    for number, piece in enumerate(_SPAN.split(marked)):
        if number % 2:
            private.append((len(text), len(text) + len(piece)))
        text += piece
    return Line(kind, text, private)


def interval(hits: int, count: int) -> tuple[float, float, float]:
    """Share of hits with its 95 % interval (Wilson 1927), all from 0 to 1."""
    if not count:
        return 0.0, 0.0, 1.0
    share = hits / count
    middle = share + _Z**2 / (2 * count)
    half = _Z * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    whole = 1 + _Z**2 / count
    return share, max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


#: They tell nothing about anybody and may stay: "dr [name]".
_TITLE = re.compile(r"(?:dra?|mrs?|ms|miss|mister|prof(?:essor)?|doctora?|nurse|sra?|srta)\b\.?", re.IGNORECASE)


def hidden(text: str, spans: Spans, start: int, end: int) -> bool:
    """Whether every letter and digit between two places is hidden, a title aside."""
    title = _TITLE.match(text, start, end)
    return all(
        not text[at].isalnum() or any(begin <= at < stop for begin, stop in spans)
        for at in range(title.end() if title else start, end)
    )


@dataclass
class Score:
    """What came of one kind of line: private parts and those hidden whole; other words and those hidden."""

    parts: int = 0
    found: int = 0
    words: int = 0
    masked: int = 0


def measure(lines: list[Line], find: Callable[[str], Spans]) -> tuple[dict[str, Score], list[tuple[Line, str]]]:
    """Scores by kind, and the lines in which something went wrong, each with what did.

    Args:
        lines: of the corpus.
        find: gives the spans that would be masked in a text.
    """
    scores: dict[str, Score] = defaultdict(Score)
    wrong: list[tuple[Line, str]] = []
    for line in lines:
        score, spans = scores[line.kind], find(line.text)
        for start, end in line.private:
            score.parts += 1
            if hidden(line.text, spans, start, end):
                score.found += 1
            else:
                wrong.append((line, f"missed {line.text[start:end]!r}"))
        for word in re.finditer(r"[^\W_]+(?:['\u2019][^\W_]+)*", line.text):
            if any(start < word.end() and word.start() < end for start, end in line.private):
                continue
            score.words += 1
            if any(start < word.end() and word.start() < end for start, end in spans):
                score.masked += 1
                wrong.append((line, f"hid {word.group()!r}"))
    return dict(scores), wrong


def ours(text: str) -> Spans:
    """What masking hides."""
    from web.privacy.masking import finds

    return [(find.start, find.end) for find in finds(text)]


def library(text: str) -> Spans:
    """What presidio's own recognisers hide."""
    from web.privacy.masking import LIBRARY, SURE_ENOUGH

    found: Any = [r for one in LIBRARY for r in one.analyze(text, one.supported_entities, None) or []]  # type: ignore[arg-type]
    return [(result.start, result.end) for result in found if result.score >= SURE_ENOUGH]


def total(scores: dict[str, Score], kinds: Callable[[str], bool]) -> Score:
    """The sum over some kinds."""
    those = [score for kind, score in scores.items() if kinds(kind)]
    return Score(*(sum(getattr(score, name) for score in those) for name in ("parts", "found", "words", "masked")))


def structured(kind: str) -> bool:
    """Whether a kind has a form of its own."""
    return kind not in (*NAMES, "none")


def _print(title: str, scores: dict[str, Score]) -> None:
    rows = {
        **dict(sorted(scores.items())),
        "all structured kinds": total(scores, structured),
        "introduced names": total(scores, lambda kind: kind in NAMES),
        "all lines": total(scores, lambda _: True),
    }
    columns = (
        f"{'found whole':>11s}  {'95 % interval':18s} {'of':>5s}   {'hid words':>9s}  {'95 % interval':18s} {'of':>6s}"
    )
    print(f"\n{title}\n  {'':22s} {columns}")
    for kind, score in rows.items():
        share, low, high = interval(score.found, score.parts)
        recall = f"{share:11.1%}  {low:6.1%} to {high:6.1%}   {score.parts:5d}" if score.parts else " " * 37
        share, low, high = interval(score.masked, score.words)
        print(f"  {kind:22s} {recall}   {share:9.2%}  {low:6.2%} to {high:6.2%}   {score.words:6d}")


def main() -> int:
    """Prints the tables, or what is wrong in the half that may be looked at."""
    if sys.argv[1:] == ["--looked-at"]:
        for line, what in measure(read("looked_at"), ours)[1]:
            print(f"[{line.kind}] {what}: {line.text!r}")
        return 0
    lines = read("held_out")
    _print(f"Masking, {len(lines)} held-out lines", measure(lines, ours)[0])
    _print("Presidio's recognisers alone, the same lines", measure(lines, library)[0])
    times = []
    for line in lines:
        began = time.perf_counter()
        ours(line.text)
        times.append((time.perf_counter() - began) * 1000)
    print(f"\nMilliseconds a line: median {statistics.median(times):.2f}, slowest {max(times):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
