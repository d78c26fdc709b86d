"""Compares ways of telling what a sentence asks, on the same sentences. Run by ``make experiments``.

Every candidate names one intent for each held-out single question: no threshold, no splitting, no context. So its
figures differ from those of ``make evaluate``, which measures the whole assistant. Writes
benchmarks/results/experiments.json and prints the table as Markdown, for docs/decisions/intent-head.md.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_union

from benchmarks.results import write
from benchmarks.understanding import ROOT, Interval, held_out, interval, kind_of, loaded
from nlu.encoder import WIDTH, shared_encoder
from nlu.head import Array, Head, HeadSettings, Meaning

#: Groups of the table: name, and the kinds of reply that belong to it (None: all).
GROUPS: dict[str, tuple[str, ...] | None] = {
    "all": None,
    "page": ("answer",),
    "not on the page": ("not_on_page",),
    "personal": ("personal",),
    "out of scope": ("fallback",),
}
#: The assistant's own head.
OURS = "kernel ridge, meaning and spelling (ours)"
#: Parts of the examples of each intent, for the learning curve.
PARTS = (0.25, 0.5, 0.75)
#: Sentences whose mean closeness decides, of one intent.
_NEIGHBOURS = 3


@dataclass(frozen=True)
class Sentences:
    """Sentences with their intents, as vectors too.

    Attributes:
        texts: the sentences.
        vectors: the encoder's, shape (len(texts), nlu.encoder.DIMENSIONS).
        intents: one for each.
    """

    texts: list[str]
    vectors: Array
    intents: list[str]

    def part(self, share: float) -> Sentences:
        """A part (0 to 1) of the examples of each intent, chosen by a fixed chance; at least two of each."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, intent in enumerate(self.intents):
            places[intent].append(place)
        chance = random.Random(0)
        kept = sorted(
            place for found in places.values() for place in chance.sample(found, max(2, round(share * len(found))))
        )
        return Sentences([self.texts[i] for i in kept], self.vectors[kept], [self.intents[i] for i in kept])


#: Trains on the first and names the intents of the second.
Candidate = Callable[[Sentences, Sentences], Sequence[str]]


def training() -> list[tuple[str, str]]:
    """(text, intent) of every training sentence."""
    return [
        (line[2:].strip(), entry["intent"])
        for path in sorted((ROOT / "data" / "nlu").glob("*.yml"))
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]
        for line in entry["examples"].splitlines()
        if line.startswith("- ")
    ]


def with_vectors(pairs: Sequence[tuple[str, str]]) -> Sentences:
    """(text, intent) pairs with the encoder's vectors."""
    texts = [text for text, _ in pairs]
    return Sentences(texts, shared_encoder().encode(texts), [intent for _, intent in pairs])


def kernel_ridge(settings: HeadSettings) -> Candidate:
    """The assistant's own head (nlu/head.py)."""

    def named(train: Sentences, test: Sentences) -> list[str]:
        head = Head.fit(train.texts, train.vectors, train.intents, settings)
        likely = head.probabilities(test.texts, test.vectors)
        return [head.intents[i] for i in likely.argmax(axis=1)]

    return named


def _regression() -> LogisticRegression:
    return LogisticRegression(C=30.0, max_iter=150, tol=1e-2, random_state=0)


def tfidf_regression(train: Sentences, test: Sentences) -> Sequence[str]:
    """Logistic regression (by stochastic gradients: the rows are wide) on tf-idf of words and letter groups alone."""
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3, max_features=20000),
    )
    rows = features.fit_transform(train.texts)
    head = SGDClassifier(loss="log_loss", alpha=3e-6, max_iter=30, random_state=0)
    return list(head.fit(rows, train.intents).predict(features.transform(test.texts)))


def last_layer_regression(train: Sentences, test: Sentences) -> Sequence[str]:
    """Logistic regression on the published vectors, the encoder's last layer."""
    head = _regression().fit(train.vectors[:, :WIDTH], train.intents)
    return list(head.predict(test.vectors[:, :WIDTH]))


def layers_regression(train: Sentences, test: Sentences) -> Sequence[str]:
    """Logistic regression on the vectors that our head uses: four layers, 384 main directions."""
    meaning = Meaning.fit(train.vectors)
    return list(_regression().fit(meaning.rows(train.vectors), train.intents).predict(meaning.rows(test.vectors)))


def nearest(train: Sentences, test: Sentences) -> Sequence[str]:
    """The intent whose three nearest examples are nearest on average, on the vectors that our head uses."""
    meaning = Meaning.fit(train.vectors)
    cosines = meaning.rows(test.vectors) @ meaning.rows(train.vectors).T
    names = sorted(set(train.intents))
    labels = np.array(train.intents)
    closest = [np.sort(cosines[:, labels == name], axis=1)[:, -_NEIGHBOURS:].mean(axis=1) for name in names]
    return [names[i] for i in np.stack(closest).argmax(axis=0)]


def network(train: Sentences, test: Sentences) -> Sequence[str]:
    """One hidden layer of 256, stopped early, on the vectors that our head uses."""
    meaning = Meaning.fit(train.vectors)
    head = MLPClassifier((256,), alpha=1e-3, early_stopping=True, n_iter_no_change=5, max_iter=80, random_state=0)
    return list(head.fit(meaning.rows(train.vectors), train.intents).predict(meaning.rows(test.vectors)))


def diet(epochs: int) -> Candidate:
    """Rasa's default NLU pipeline (sparse words and letter groups, DIET) with fewer epochs than its 100.

    Raises:
        subprocess.CalledProcessError: the training failed.
    """

    def named(train: Sentences, test: Sentences) -> list[str]:
        by_intent: dict[str, list[str]] = defaultdict(list)
        for text, intent in zip(train.texts, train.intents):
            by_intent[intent].append(text)
        pipeline = [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True, "random_seed": 0},
        ]
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            settings = {"recipe": "default.v1", "assistant_id": "diet", "language": "en", "pipeline": pipeline}
            (folder / "config.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
            examples = [
                {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
                for intent, texts in by_intent.items()
            ]
            (folder / "nlu.yml").write_text(
                yaml.safe_dump({"version": "3.1", "nlu": examples}, allow_unicode=True, width=10_000), encoding="utf-8"
            )
            subprocess.run(
                [
                    *(sys.executable, "-m", "rasa", "train", "nlu", "--config", "config.yml", "--nlu", "nlu.yml"),
                    *("--out", "models", "--fixed-model-name", "diet", "--quiet"),
                ],
                cwd=folder,
                check=True,
            )
            agent = loaded(folder / "models" / "diet.tar.gz")
            return asyncio.run(_parsed(agent, test.texts))

    return named


async def _parsed(agent: Any, texts: list[str]) -> list[str]:
    return [str((await agent.parse_message(text))["intent"]["name"]) for text in texts]


def candidates(epochs: int) -> dict[str, tuple[Candidate, float]]:
    """Each candidate by name, with the share of the training sentences that it learns from; the slow one comes last."""
    ours = kernel_ridge(HeadSettings())
    found: dict[str, tuple[Candidate, float]] = {
        "tf-idf, logistic regression": (tfidf_regression, 1.0),
        "encoder's last layer, logistic regression": (last_layer_regression, 1.0),
        "four layers, logistic regression": (layers_regression, 1.0),
        "four layers, nearest neighbours": (nearest, 1.0),
        "four layers, small network": (network, 1.0),
        "kernel ridge, meaning alone": (kernel_ridge(HeadSettings(spelling=0.0)), 1.0),
        OURS: (ours, 1.0),
    }
    found |= {f"ours, {share:.0%} of the examples": (ours, share) for share in PARTS}
    if epochs:
        found[f"Rasa's default pipeline, DIET, {epochs} epochs of 100"] = (diet(epochs), 1.0)
    return found


def by_group(named: Sequence[str], wanted: Sequence[str]) -> dict[str, Interval]:
    """Share of sentences with the right intent, by group."""
    return {
        group: interval(
            name == intent for name, intent in zip(named, wanted) if kinds is None or kind_of(intent) in kinds
        )
        for group, kinds in GROUPS.items()
    }


def table(found: dict[str, dict[str, Any]]) -> str:
    """The results as Markdown."""
    lines = [f"| | {' | '.join(GROUPS)} | training |", f"|{'---|' * (len(GROUPS) + 2)}"]
    for name, result in found.items():
        shares = [f"{share:.1%} ({low:.1%} to {high:.1%})" for share, low, high, _ in result["right"].values()]
        lines.append(f"| {name} | {' | '.join(shares)} | {result['seconds']:.0f} s |")
    return "\n".join(lines)


def main() -> None:
    """Runs every candidate (``--epochs 0`` leaves DIET out); prints the table and writes the results."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--epochs", type=int, default=3, help="epochs of DIET (its default is 100: hours)")
    epochs = parser.parse_args().epochs
    print("Encoding ...", flush=True)
    train, test = with_vectors(training()), with_vectors([(text, intent) for text, intent, _ in held_out()])
    print(f"{len(train.texts)} training sentences, {len(test.texts)} held out.", flush=True)
    found: dict[str, dict[str, Any]] = {}
    for name, (candidate, share) in candidates(epochs).items():
        part = train if share == 1.0 else train.part(share)
        started = time.monotonic()
        named = candidate(part, test)
        found[name] = {
            "right": by_group(named, test.intents),
            "seconds": round(time.monotonic() - started),
            "examples": len(part.texts),
        }
        print(f"{name}: {found[name]['right']['all'][0]:.1%} in {found[name]['seconds']} s", flush=True)
        written = write("experiments", found)  # after each one: the last takes longest
    print(f"\n{table(found)}\n\nWritten to {written.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
