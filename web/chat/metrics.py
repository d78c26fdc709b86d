"""Counts and times for the operator, in Prometheus form."""

from __future__ import annotations

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Histogram(
    "chat_request_seconds", "Time to answer a request.", ["method", "route", "status"], buckets=_SECONDS
)
RASA = Histogram("chat_rasa_seconds", "Time that Rasa took for a turn.", buckets=_SECONDS)
TURNS = Counter("chat_turns_total", "Messages answered, by what answered: rasa, or why it did not.", ["outcome"])
ALARMS = Counter("chat_alarms_total", "Messages in which the floor saw danger.", ["danger"])
REFUSED = Counter("chat_refused_total", "Requests over a limit.", ["limit"])
UNTOLD = Counter("chat_untold_alarms_total", "Dangers seen of which no alert could be made.")
UNSTORED = Counter("chat_unstored_cards_total", "Cards given although the message could not be stored.")


def registry() -> CollectorRegistry:
    """The metrics of this process, or of all processes where PROMETHEUS_MULTIPROC_DIR names a shared folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    MultiProcessCollector(shared)
    return shared
