"""Measures how danger is found, on the held-out corpora in tests/safety/held_out/. Run by ``make safety-report``.

Prints recall and false alarms, by family, of floor and screen together, of each alone, and of a plain list of keywords,
with 95 % intervals (Wilson); writes results/safety.json.
"""

from __future__ import annotations

import json
import logging
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import yaml

from benchmarks.understanding import MODEL, ROOT, interval

HELD_OUT = ROOT / "tests" / "safety" / "held_out"
#: What a simple product would look for: the peer that ours has to beat.
KEYWORDS = re.compile(
    r"suicid|kill (?:my|him|her|them)sel|end my life|want to die|wanna die|self[- ]?harm|overdose|hurt myself"
    r"|better off dead|no reason to live|cut(?:ting)? myself|can'?t breathe|chest pain|suicidi|matarme|quiero morir",
    re.IGNORECASE,
)


def corpus() -> list[tuple[str, str, str, str]]:
    """(list, danger, family, sentence) of every held-out sentence; the danger ``none`` must not raise an alarm."""
    return [
        (path.stem, entry["danger"], entry["family"], line[2:].partition(" || ")[0].strip())
        for path in sorted(HELD_OUT.glob("*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["risk"]
        for line in entry["examples"].splitlines()
        if line.startswith("- ")
    ]


def judges(model: Path = MODEL) -> dict[str, Callable[[str], bool]]:
    """The judges to compare, by name: each says whether a text gets a card.

    Args:
        model: a model archive of ``rasa train``.
    """
    from nlu.language import build_language
    from nlu.questions import parts_of
    from nlu.risk import ScreenSettings, trained_component
    from safety import judge

    component = trained_component(model)
    language = build_language()

    def screen(text: str) -> bool:
        texts = [text, *parts_of(language(text))]
        return max(probability for _, probability in component.screen.likeliest(texts)) >= ScreenSettings().alarm

    return {
        "floor and screen": lambda text: component.judge(language(text))[0].alarm,
        "floor alone": lambda text: judge(text).alarm,
        "screen alone": screen,
        "keywords": lambda text: KEYWORDS.search(text) is not None,
    }


def main() -> None:
    """Prints the tables, and every sentence that floor and screen together got wrong."""
    logging.disable(logging.INFO)
    by_judge = judges()
    sentences = corpus()
    alarms = {name: [judged(text) for *_, text in sentences] for name, judged in by_judge.items()}
    results: dict[str, dict[str, tuple[float, float, float, int]]] = {}
    for name, raised in alarms.items():
        groups: dict[str, list[bool]] = defaultdict(list)
        for (corpus_name, danger, family, _), alarm in zip(sentences, raised):
            groups[corpus_name if danger != "none" else f"false alarms, {corpus_name}"].append(alarm)
            if name == "floor and screen":
                groups[f"  {corpus_name}: {danger} {family}"].append(alarm)
        results[name] = {group: interval(values) for group, values in sorted(groups.items())}
        print(f"\n{name}")
        for group, (share, low, high, count) in results[name].items():
            print(f"  {group:46s} {share:6.1%}   {low:6.1%} to {high:6.1%}   of {count}")
    print("\nMissed, or raised without need:")
    for (corpus_name, danger, family, text), alarm in zip(sentences, alarms["floor and screen"]):
        if alarm != (danger != "none"):
            print(f"  [{corpus_name} {danger} {family}] {text}")
    (ROOT / "results").mkdir(exist_ok=True)
    (ROOT / "results" / "safety.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
