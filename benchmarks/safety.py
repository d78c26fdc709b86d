"""Measures how danger is found, on the held-out corpora in tests/safety/held_out/. Run by ``make safety-report``.

Compares floor and screen together, each alone, and a plain list of keywords; shows the change against the results that
were committed last. Writes results/safety.html and benchmarks/results/safety.json. Intervals are 95 % (Wilson).
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.understanding import MODEL, ROOT, Interval, interval

HELD_OUT = ROOT / "tests" / "safety" / "held_out"
#: What a simple product would look for: the peer that ours has to beat.
KEYWORDS = re.compile(
    r"suicid|kill (?:my|him|her|them)sel|end my life|want to die|wanna die|self[- ]?harm|overdose|hurt myself"
    r"|better off dead|no reason to live|cut(?:ting)? myself|can'?t breathe|chest pain|suicidi|matarme|quiero morir",
    re.IGNORECASE,
)
#: The judge that visitors meet.
OURS = "floor and screen"
#: Limits of the screen's probability, for the curve.
_LIMITS = [0.02, 0.05, *(tenth / 10 for tenth in range(1, 10)), 0.95, 0.99]

Judge = Callable[[str], bool]


@dataclass(frozen=True)
class Sentence:
    """A held-out sentence; the danger ``none`` must not raise an alarm."""

    listed: str
    danger: str
    family: str
    text: str

    @property
    def group(self) -> str:
        """The list, with a word on what an alarm means there."""
        return self.listed if self.danger != "none" else f"false alarms, {self.listed}"


def corpus() -> list[tuple[str, str, str, str]]:
    """(list, danger, family, sentence) of every held-out sentence; the danger ``none`` must not raise an alarm."""
    return [
        (path.stem, entry["danger"], entry["family"], line[2:].partition(" || ")[0].strip())
        for path in sorted(HELD_OUT.glob("*.yml"))
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["risk"]
        for line in entry["examples"].splitlines()
        if line.startswith("- ")
    ]


def judges(model: Path = MODEL) -> dict[str, Judge]:
    """The judges to compare, by name: each says whether a text gets a card.

    Args:
        model: a model archive of ``rasa train``.
    """
    from nlu.risk import trained_component

    return judges_of(trained_component(model))


def judges_of(component: Any) -> dict[str, Judge]:
    """The judges to compare, from a loaded :class:`nlu.risk.RiskScreen`."""
    from nlu.language import build_language
    from nlu.questions import parts_of
    from nlu.risk import ScreenSettings
    from safety import judge

    language = build_language()

    def screen(text: str) -> bool:
        texts = [text, *parts_of(language(text))]
        likeliest = max(probability for _, probability in component.screen.likeliest(texts))
        return bool(likeliest >= ScreenSettings().alarm)

    return {
        OURS: lambda text: bool(component.judge(language(text))[0].alarm),
        "floor alone": lambda text: judge(text).alarm,
        "screen alone": screen,
        "keywords": lambda text: KEYWORDS.search(text) is not None,
    }


def by_list(sentences: Sequence[Sentence], raised: Sequence[bool]) -> dict[str, Interval]:
    """Share with an alarm, by list."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for sentence, alarm in zip(sentences, raised):
        groups[sentence.group].append(alarm)
    return {name: interval(found) for name, found in sorted(groups.items())}


def by_family(sentences: Sequence[Sentence], raised: Sequence[bool]) -> dict[str, dict[str, Interval]]:
    """Share with an alarm, by list and within it by danger and family."""
    groups: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for sentence, alarm in zip(sentences, raised):
        groups[sentence.group][f"{sentence.danger}: {sentence.family}"].append(alarm)
    return {
        group: {family: interval(found) for family, found in sorted(families.items())}
        for group, families in sorted(groups.items())
    }


def recall_against_false_alarms(
    sentences: Sequence[Sentence], certain: Sequence[bool], likely: Sequence[float]
) -> list[tuple[float, float]]:
    """(share of false alarms, recall) of one list, for each limit of the screen's probability.

    Args:
        sentences: of one list.
        certain: whether an alarm is raised whatever the screen says.
        likely: the screen's probability of danger (0 to 1).
    """
    points = []
    for limit in _LIMITS:
        raised = [sure or probability >= limit for sure, probability in zip(certain, likely)]
        points.append(_point(sentences, raised))
    return points


def _point(sentences: Sequence[Sentence], raised: Sequence[bool]) -> tuple[float, float]:
    found = [alarm for sentence, alarm in zip(sentences, raised) if sentence.danger != "none"]
    false = [alarm for sentence, alarm in zip(sentences, raised) if sentence.danger == "none"]
    return interval(false)[0], interval(found)[0]


def _social_curve(component: Any, by_judge: dict[str, Judge]) -> str:
    """Recall against false alarms on the posts as on social media, as a plot."""
    from benchmarks import plots

    social = [Sentence(*row) for row in corpus() if row[0] == "social"]
    texts = [sentence.text for sentence in social]
    likely = [probability for _, probability in component.screen.likeliest(texts)]
    floor = [by_judge["floor alone"](text) for text in texts]
    return plots.curves(
        {
            "floor and screen": recall_against_false_alarms(social, floor, likely),
            "screen alone": recall_against_false_alarms(social, [False] * len(social), likely),
        },
        {
            "as visitors meet it": _point(social, [by_judge[OURS](text) for text in texts]),
            "floor alone": _point(social, floor),
            "keywords": _point(social, [by_judge["keywords"](text) for text in texts]),
        },
        "false alarms",
        "found",
    )


def main() -> None:
    """Prints the tables, and every sentence that floor and screen together got wrong; writes results and page."""
    from benchmarks import invariance, plots, report, results
    from nlu.risk import trained_component

    logging.disable(logging.INFO)
    component = trained_component(MODEL)
    by_judge = judges_of(component)
    sentences = [Sentence(*row) for row in corpus()]
    print(f"Judging {len(sentences)} messages ...", flush=True)
    raised = {name: [judged(sentence.text) for sentence in sentences] for name, judged in by_judge.items()}
    print("Judging the clear ones and the look-alikes under changes (some minutes) ...", flush=True)
    parts: dict[str, dict[str, Any]] = {
        "lists": {name: by_list(sentences, alarms) for name, alarms in raised.items()},
        "families": by_family(sentences, raised[OURS]),
        "changes": invariance.rates(by_judge[OURS]),
    }
    before = results.committed("safety")
    since = f"change since {before['date']}" if before else "no committed results to compare with"
    for part, tables in parts.items():
        for name, found in tables.items():
            print(f"\n{part}, {name} ({since})")
            print("\n".join(results.lines(found, before.get(part, {}).get(name, {}))))
    wrong = [
        f"[{sentence.listed} {sentence.danger} {sentence.family}] {sentence.text}"
        for sentence, alarm in zip(sentences, raised[OURS])
        if alarm != (sentence.danger != "none") and sentence.listed != "accepted"  # either is right there
    ]
    print("\nMissed, or raised without need:", *wrong, sep="\n  ")

    families = {name: by_family(sentences, alarms) for name, alarms in raised.items()}
    kept = results.write("safety", parts)
    page = report.write(
        "safety",
        "How danger is found",
        [
            *(
                (f"By list: {name}", report.figures(found, before.get("lists", {}).get(name, {})))
                for name, found in parts["lists"].items()
            ),
            *(
                (
                    f"By family: {group}",
                    plots.shares({name: found[group] for name, found in families.items()}, "share that gets a card"),
                )
                for group in parts["families"]
            ),
            ("Posts as on social media, over the screen's limit", _social_curve(component, by_judge)),
            (
                "Under changes that leave the meaning",
                plots.shares(
                    {invariance.LISTS[listed]: found for listed, found in parts["changes"].items()},
                    "share that gets a card",
                ),
            ),
            ("Missed, or raised without need", report.folded(f"{len(wrong)} messages", wrong)),
        ],
    )
    print(f"\nWritten: {kept.relative_to(ROOT)}, and {page.relative_to(ROOT)} to open in a browser.")


if __name__ == "__main__":
    main()
