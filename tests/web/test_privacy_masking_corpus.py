"""What is masked, and what is not, holds on lines by a writer who never saw the recognisers (docs/privacy.md)."""

from __future__ import annotations

import re

import pytest

from benchmarks.masking import NAMES, Line, Score, library, measure, ours, read, structured, total
from web.privacy.masking import MASKS, mask

LINES = read("held_out")
SCORES = measure(LINES, ours)[0]


def _recall(score: Score) -> float:
    return score.found / score.parts


def test_the_corpus_is_as_large_as_is_said() -> None:
    both = [*LINES, *read("looked_at")]
    assert len(both) >= 1500
    assert not {line.text for line in LINES} & {line.text for line in read("looked_at")}


def test_structured_kinds_are_found_whole() -> None:
    assert _recall(total(SCORES, structured)) >= 0.95


@pytest.mark.parametrize(
    ("kind", "floor"),
    [
        ("address", 0.86),
        ("age_over_89", 0.95),
        ("birth_date", 0.95),
        ("card", 1.0),
        ("email", 0.97),
        ("insurance", 0.95),
        ("link", 1.0),
        ("phone", 0.95),
        ("ssn", 0.95),
    ],
)
def test_each_kind_is_found_whole(kind: str, floor: float) -> None:
    assert _recall(SCORES[kind]) >= floor


def test_names_are_found() -> None:
    assert _recall(total(SCORES, lambda kind: kind in NAMES)) >= 0.89


def test_ordinary_words_stay() -> None:
    words = total(SCORES, lambda _: True)
    assert words.masked / words.words <= 0.01


def test_far_more_is_found_than_by_the_library_alone() -> None:
    alone = measure(LINES, library)[0]
    assert _recall(total(alone, lambda _: True)) < 0.5 < _recall(total(SCORES, lambda _: True))


@pytest.mark.parametrize("line", [line for line in LINES if line.kind == "none"][::10], ids=lambda line: line.text[:40])
def test_masking_twice_changes_nothing(line: Line) -> None:
    assert mask(mask(line.text)) == mask(line.text)


def test_a_mask_is_a_word_in_brackets_that_teaching_knows() -> None:
    assert all(re.fullmatch(r"\[[a-z][a-z -]*\]", shown) for shown in MASKS.values())
