"""Groups questions by meaning, for the clinic's list of what the page lacks. Run by ``make lacking``.

Reads JSON lines ``{"id", "topic", "text"}`` on standard input and writes, for each group, one JSON line
``{"topic", "size", "ids"}`` on standard output, the largest group first; ``ids`` begin with the wordings that stand for
it best. No word of a visitor is written.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

#: Average cosine distance up to which wordings are one group, chosen by looking at groups: within a topic that the
#: classifier has named, and among questions whose topic has no name.
DISTANCE, DISTANCE_UNNAMED = 0.75, 0.55
#: Topics that name nothing.
UNNAMED = ("other_not_on_page", "out_of_scope", "unsure")
#: Questions of one topic that are grouped: of more, the newest. The time grows with the square.
MOST = 4000


def groups(questions: Sequence[dict[str, Any]], encode: Callable[[list[str]], Vectors]) -> list[dict[str, Any]]:
    """Groups questions by meaning.

    Args:
        questions: each with ``id``, ``topic`` (what the classifier took it for) and ``text``, the newest first.
        encode: gives a vector of length 1 for each text.

    Returns:
        groups with ``topic`` (the most frequent one in it), ``size`` and ``ids``; the largest first.
    """
    by_topic: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for question in questions:
        by_topic["" if question["topic"] in UNNAMED else question["topic"]].append(question)
    found = []
    for topic, asked in by_topic.items():
        found += _groups(asked[:MOST], encode, DISTANCE if topic else DISTANCE_UNNAMED)
    return sorted(found, key=lambda group: -group["size"])


def _groups(
    questions: list[dict[str, Any]], encode: Callable[[list[str]], Vectors], distance: float
) -> list[dict[str, Any]]:
    from sklearn.cluster import AgglomerativeClustering

    vectors = encode([question["text"] for question in questions])
    labels = np.zeros(len(questions), dtype=int)
    if len(questions) > 1:
        clustering = AgglomerativeClustering(
            n_clusters=None, affinity="cosine", linkage="average", distance_threshold=distance
        )
        labels = clustering.fit_predict(vectors)
    found = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        centre = vectors[members].mean(axis=0)
        best = members[np.argsort(-(vectors[members] @ centre), kind="stable")]
        topics = Counter(questions[i]["topic"] for i in members)
        ids = [questions[i]["id"] for i in best]
        found.append({"topic": topics.most_common(1)[0][0], "size": len(members), "ids": ids})
    return found


def main() -> None:
    """Groups standard input."""
    from nlu.encoder import shared_encoder

    questions = [json.loads(line) for line in sys.stdin if line.strip()]
    for group in groups(questions, shared_encoder().meanings):
        print(json.dumps(group))


if __name__ == "__main__":
    main()
