"""Sends the fixed list, then cases made from the description of the Chat API, to a running door.

``python -m benchmarks.fuzz.door URL SECONDS`` (the door's environment); the last line is the counts as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

from benchmarks.fuzz import sending
from benchmarks.fuzz.promise import Answer, Tally, broken_by_door
from web.chat import bodies

FILE = Path(__file__).resolve().parents[2] / "docs" / "chat-api.openapi.yaml"
#: Cases that are made at once, of one operation and one mode, before the clock is looked at again.
_BATCH, _FIRST = 20, 5
#: What a client's mistake may be answered with; a text within its limit can be too large in bytes, or hold only spaces.
_MISTAKES = [400, 401, 404, 405, 413, 415, 422]
_CHECKS = {
    "negative_data_rejection": {"expected-statuses": _MISTAKES},
    "positive_data_acceptance": {"expected-statuses": [200, 201, 204, 404, 413, 422]},
}


def description() -> Any:
    """The Chat API as schemathesis reads it, with what may be answered."""
    return schemathesis.openapi.from_path(FILE, config=SchemathesisConfig.from_dict({"checks": _CHECKS}))


def fits_once_cleaned(body: Any) -> bool:
    """Whether a text is too long only by the spaces and control characters that the door takes away."""
    texts = [body.get(name) for name in ("text", "comment", "topic")] if isinstance(body, dict) else []
    return any(isinstance(text, str) and len(bodies.clean(text)) <= bodies.TEXT_LIMIT < len(text) for text in texts)


def send_cases(url: str, seconds: float, tallies: sending.Tallies) -> None:
    """Cases that follow the description, and cases that do not, for a time; other ones in each round.

    The first round, a short one, is whole.
    """
    operations = [result.ok() for result in description().get_all_operations()]
    until, round_number = time.monotonic() + seconds, 0
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as http, requests.Session() as session:
        session.trust_env = False
        while time.monotonic() < until:
            for operation in operations:
                for mode in GenerationMode:
                    if round_number and time.monotonic() > until:
                        return
                    _batch(operation, mode, round_number, url, http, session, tallies)
            round_number += 1


def _batch(
    operation: Any,
    mode: GenerationMode,
    round_number: int,
    url: str,
    http: httpx.Client,
    session: requests.Session,
    tallies: sending.Tallies,
) -> None:
    """Some cases of one operation, in a conversation of their own."""
    tally = tallies[f"by the description, {'right' if mode.is_positive else 'wrong'}"]
    deleting = operation.method.upper() == "DELETE"
    token = sending.new_token(http)

    @seed(round_number)
    @settings(
        max_examples=_BATCH if round_number and not deleting else _FIRST,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        headers = {"Authorization": f"Bearer {sending.new_token(http) if deleting else token}"}
        started = time.perf_counter()
        response = case.call(base_url=url, session=session, headers=headers)
        taken = time.perf_counter() - started
        small = {name.lower(): ", ".join(values) for name, values in response.headers.items()}
        answer = Answer(response.status_code, small, response.content, taken)
        found = broken_by_door(answer)
        try:
            excluded: list[Any] = [negative_data_rejection] if fits_once_cleaned(case.body) else []
            case.validate_response(response, excluded_checks=excluded, headers=headers)
        except Exception as error:  # noqa: BLE001 (whatever schemathesis finds wrong)
            found = found or f"{type(error).__name__}: {error}"
        tally.note(f"{operation.label} {str(case.body)[:200]!r}", answer, found)

    with suppress(Unsatisfiable):  # nothing wrong can be sent where nothing is sent
        send()


def main() -> int:
    """Sends everything to a door."""
    url, seconds = sys.argv[1], float(sys.argv[2])
    tallies: sending.Tallies = defaultdict(Tally)
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
        sending.send_tokens_and_addresses(http, tallies)
        sending.send_bodies(http, tallies)
        sending.send_other_texts(http, tallies)
        sending.send_raw(url, sending.new_token(http), tallies)
    send_cases(url, seconds, tallies)
    print(json.dumps({kind: tally.as_dict() for kind, tally in tallies.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
