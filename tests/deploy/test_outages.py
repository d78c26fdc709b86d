"""What `make bench-scale` says of lost messages can be believed: each kind of loss is counted."""

from collections import Counter

import pytest

from benchmarks.scale.outages import _compare

SHOWN = [("a", "one?", ["1"]), ("b", "two?", ["2", "3"])]


def stored(*turns):
    return [{"id": i, "text": text, "replies": [{"id": reply} for reply in replies]} for i, text, replies in turns]


@pytest.mark.parametrize(
    ("log", "finding"),
    [
        (stored(SHOWN[0]), "lost"),
        (stored(SHOWN[0], SHOWN[0], SHOWN[1]), "doubled"),
        (stored(SHOWN[1], SHOWN[0]), "out of order"),
        (stored(SHOWN[0], ("b", "two?", [])), "without an answer"),
        (stored(SHOWN[0], ("b", "two?", ["2", "4"])), "other replies"),
        (stored(SHOWN[0], ("b", "else?", ["2", "3"])), "other words"),
    ],
)
def test_a_loss_is_counted(log, finding):
    findings = Counter()
    _compare(SHOWN, log, findings)
    assert findings[finding] >= 1


def test_a_log_that_holds_what_the_visitor_saw_has_no_finding():
    findings = Counter()
    _compare(SHOWN, stored(*SHOWN), findings)
    assert not any(findings.values())
