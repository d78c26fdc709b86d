"""The door does what docs/chat-api.openapi.yaml says, with whatever is sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from django.urls import URLPattern
from fake_rasa import FakeRasa
from hypothesis import HealthCheck, settings
from running_door import RunningDoor
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection
from visitor import Visitor

from web.chat import bodies
from web.chat.urls import urlpatterns as door_urls
from web.handoff.urls import urlpatterns as handoff_urls

FILE = Path(__file__).resolve().parents[2] / "docs" / "chat-api.openapi.yaml"
#: What a client's mistake may be answered with; a text within its limit can be too large in bytes, or hold only spaces.
MISTAKES = [400, 401, 404, 405, 413, 415, 422]
schema = schemathesis.openapi.from_path(
    FILE,
    config=SchemathesisConfig.from_dict(
        {
            "checks": {
                "negative_data_rejection": {"expected-statuses": MISTAKES},
                "positive_data_acceptance": {"expected-statuses": [200, 201, 204, 404, 413, 422]},
            }
        }
    ),
)


@pytest.fixture
def session(door: RunningDoor, rasa: FakeRasa) -> Iterator[Visitor]:
    with door.client() as client:
        yield Visitor(client)


def _fits_once_cleaned(body: Any) -> bool:
    """Whether a text is too long only by the spaces and control characters that the door takes away."""
    texts = [body.get(name) for name in ("text", "comment", "topic")] if isinstance(body, dict) else []
    return any(isinstance(text, str) and len(bodies.clean(text)) <= bodies.TEXT_LIMIT < len(text) for text in texts)


@schema.exclude(method="DELETE").parametrize()
@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_answers_as_described(case: schemathesis.Case[Any], door: RunningDoor, session: Visitor) -> None:
    excluded: list[Any] = [negative_data_rejection] if _fits_once_cleaned(case.body) else []
    case.call_and_validate(base_url=door.url, headers=session.headers, excluded_checks=excluded)


@schema.include(method="DELETE").parametrize()
@settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_deletes_as_described(case: schemathesis.Case[Any], door: RunningDoor, session: Visitor) -> None:
    case.call_and_validate(base_url=door.url, headers=Visitor(session.http).headers)


def test_every_address_of_the_door_is_described() -> None:
    described = yaml.safe_load(FILE.read_text(encoding="utf-8"))["paths"]
    methods = {path: set(item) for path, item in described.items()}
    served: dict[str, set[str]] = {}
    for pattern in [*door_urls, *handoff_urls]:
        assert isinstance(pattern, URLPattern)
        route, callback = f"/{pattern.pattern}", pattern.callback
        view = getattr(callback, "view_class", None)
        if route.startswith("/chat/"):
            served[route] = {name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)}
    assert methods == served
