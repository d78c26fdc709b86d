"""The door in this process, with a stand-in for Rasa behind it."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.core import signals
from django.db import close_old_connections
from fake_rasa import FakeRasa
from hypothesis import settings as hypothesis_settings
from running_door import RunningDoor
from visitor import Visitor

from web.chat import rate_limits, readiness

hypothesis_settings.register_profile("door", database=None, deadline=None)
hypothesis_settings.load_profile("door")

#: Words that no floor may take for anything but a crisis.
CRISIS = "i want to kill myself"


@pytest.fixture(scope="session")
def _fake_rasa() -> Iterator[FakeRasa]:
    fake = FakeRasa()
    yield fake
    fake.close()


@pytest.fixture
def rasa(_fake_rasa: FakeRasa) -> Iterator[FakeRasa]:
    """Rasa's stand-in, answering every message until told otherwise."""
    _fake_rasa.reset()
    yield _fake_rasa
    _fake_rasa.reset()


@pytest.fixture(scope="session")
def door(tmp_path_factory: pytest.TempPathFactory, _fake_rasa: FakeRasa) -> Iterator[RunningDoor]:
    """The door in a process of its own, for the tests that need a real one."""
    running = RunningDoor(tmp_path_factory.mktemp("door"), _fake_rasa.url)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def http(db: None, rasa: FakeRasa, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A client of the door in this process, limits off."""
    from web.wsgi import application

    settings.RASA_URL = rasa.url
    rate_limits._limiter.cache_clear()
    monkeypatch.setattr(readiness, "_last", (float("-inf"), False))
    transport = httpx.WSGITransport(application, raise_app_exceptions=False)
    both = (signals.request_started, signals.request_finished)
    for signal in both:  # the test's transaction is rolled back at its end: its connection has to stay
        signal.disconnect(close_old_connections)
    with httpx.Client(transport=transport, base_url="http://testserver") as client:
        yield client
    for signal in both:
        signal.connect(close_old_connections)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the door writes to its log."""
    (handler,) = (h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler)
    lines = io.StringIO()
    before = handler.setStream(lines)
    yield lines
    handler.setStream(before)


@pytest.fixture
def visitor(http: httpx.Client) -> Visitor:
    """A visitor with a session."""
    return Visitor(http)


@pytest.fixture
def new_visitor(http: httpx.Client) -> Callable[[], Visitor]:
    """Makes further visitors."""
    return lambda: Visitor(http)
