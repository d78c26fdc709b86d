"""Figures are kept so that a change is seen at once, and shown on a page that needs nothing beside itself."""

import json
import re
from datetime import date

import pytest

from benchmarks import plots, report, results
from benchmarks.safety import Sentence, by_list, recall_against_false_alarms
from benchmarks.understanding import Judged, Report, by_topic, calibration_error, confusions, interval


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    return tmp_path


def test_results_are_sorted_and_rounded_with_one_line_for_each_figure(kept):
    figure = (0.93939393, 0.9172, 0.95591, 594)
    text = results.write("run", {"b": figure, "a": {"z": figure, "y": (1.0, 0.9, 1.0, 3)}}).read_text(encoding="utf-8")
    assert json.loads(text) == {
        "date": date.today().isoformat(),
        "b": [0.939, 0.917, 0.956, 594],
        "a": {"z": [0.939, 0.917, 0.956, 594], "y": [1.0, 0.9, 1.0, 3]},
    }
    lines = [line.strip() for line in text.splitlines()]
    assert '"z": [0.939, 0.917, 0.956, 594]' in lines
    assert [line.split(":")[0] for line in lines if ":" in line] == ['"a"', '"y"', '"z"', '"b"', '"date"']
    assert results.read("run")["b"][3] == 594


def test_the_same_figures_make_no_difference(kept):
    first = results.write("run", {"a": (0.50001, 0.4, 0.6, 10)}).read_text(encoding="utf-8")
    assert results.write("run", {"a": (0.50002, 0.4, 0.6, 10)}).read_text(encoding="utf-8") == first


@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [
        (0.95, [0.939, 0.9, 0.97, 594], "+1.1"),
        (0.9, [0.939, 0.9, 0.97, 594], "-3.9"),
        (0.9391, [0.939], "="),
        (0.9, None, "new"),
    ],
)
def test_a_change_is_said_in_points(now, before, shown):
    assert results.change(now, before) == shown
    assert results.lines({"page": (now, 0.8, 1.0, 594)}, {"page": before} if before else {})[0].split()[-1] == shown


def test_a_figure_that_was_never_committed_is_new_not_an_error():
    assert results.committed("no_such_results") == {}


def test_a_page_asks_for_nothing_beside_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "FOLDER", tmp_path)
    figures = {"plain": interval([True, False, True]), "terse": interval([True])}
    page = report.write(
        "page",
        "Title",
        [
            ("Table", report.figures(figures, {})),
            ("Dots", plots.shares({"page": figures, "personal": figures}, "right")),
            ("Matrix", plots.confusion({("answer", "answer"): 3, ("answer", "crisis"): 1})),
            ("Confidence", plots.reliability([(0.9, interval([True, False]))])),
            ("Curve", plots.curves({"screen": [(0.0, 0.5), (0.1, 0.9)]}, {"floor": (0.0, 0.4)}, "false", "found")),
            ("Missed", report.folded("1 sentence", ["<script>alert(1)</script>"])),
        ],
    ).read_text(encoding="utf-8")
    assert page.count("<svg") == 4
    assert "66.7%" in page
    assert "&lt;script&gt;" in page
    addresses = re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)["']|url\(([^)]+)\)|@import""", page)
    assert [found for pair in addresses for found in pair if found and not found.startswith("#")] == []
    assert not re.search(r"<(script|link|img|iframe)\b", page)


def test_a_plot_of_the_same_figures_is_the_same_text():
    figures = {"plain": interval([True, False, True])}
    assert plots.shares({"page": figures}, "right") == plots.shares({"page": figures}, "right")


def test_an_interval_holds_its_share_and_stays_between_nothing_and_all():
    for right in ([True] * 20, [False] * 20, [True, False] * 10):
        share, low, high, count = interval(right)
        assert 0.0 <= low <= share <= high <= 1.0
        assert count == 20
        assert high - low > 0.1
    assert interval([])[3] == 0


def judged(expected, found, confidence=0.9):
    return Judged("text", (expected,), "plain", (found,), confidence)


def test_what_is_taken_for_what_is_counted():
    found = Report(judged=[judged("cost", "insurance"), judged("cost", "insurance"), judged("cost", "cost")])
    assert confusions(found) == {("cost", "insurance"): 2}
    assert by_topic(found)["cost"][0] == pytest.approx(1 / 3)


def test_a_confidence_that_means_what_it_says_has_no_error():
    honest = [judged("cost", "cost", 0.75)] * 3 + [judged("cost", "insurance", 0.75)]
    assert calibration_error(Report(judged=honest)) == pytest.approx(0.0)
    boastful = [judged("cost", "insurance", 0.95)] * 4
    assert calibration_error(Report(judged=boastful)) == pytest.approx(0.95)


def test_a_lower_limit_finds_no_less_and_raises_no_fewer_false_alarms():
    sentences = [Sentence("social", danger, "post", "text") for danger in ("crisis", "crisis", "none", "none")]
    points = recall_against_false_alarms(sentences, [True, False, False, False], [0.3, 0.6, 0.4, 0.01])
    assert points == sorted(points, reverse=True)
    assert points[0] == (0.5, 1.0)
    assert points[-1] == (0.0, 0.5)  # the floor's own finding stays
    assert by_list(sentences, [True, True, False, True]) == {
        "social": interval([True, True]),
        "false alarms, social": interval([False, True]),
    }
