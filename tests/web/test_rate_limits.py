"""Nobody can flood the door; nobody in danger is held back by that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from conftest import CRISIS
from fake_rasa import FakeRasa, closed_port
from visitor import Visitor

from safety.replies import CLINIC
from web.chat.models import Message


def _elsewhere(address: str, **headers: str) -> httpx.Client:
    from web.wsgi import application

    transport = httpx.WSGITransport(application, remote_addr=address)
    return httpx.Client(transport=transport, base_url="http://testserver", headers=headers)


def _refused(answer: httpx.Response) -> None:
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_requests"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert CLINIC["clinic_phone"] in answer.json()["detail"]


def test_a_session_has_a_limit(new_visitor: Callable[[], Visitor], settings: Any, rasa: FakeRasa) -> None:
    settings.MESSAGES_PER_MINUTE = 2
    visitor, other = new_visitor(), new_visitor()
    visitor.say("one")
    visitor.say("two")
    _refused(visitor.post("three"))
    assert visitor.feedback(reply=visitor.greeting[0]["id"], helpful=True).status_code == 429
    other.say("one")
    assert [request["text"] for request in rasa.seen] == ["one", "two", "one"]


def test_an_address_has_a_limit_that_several_visitors_fit_in(http: httpx.Client, settings: Any) -> None:
    settings.MESSAGES_PER_MINUTE = 1
    for _ in range(5):
        Visitor(http).say("hello")
    _refused(Visitor(http).post("hello"))
    Visitor(_elsewhere("192.0.2.7")).say("hello")


def test_an_address_can_only_open_so_many_sessions(http: httpx.Client, settings: Any) -> None:
    settings.SESSIONS_PER_MINUTE = 2
    Visitor(http)
    Visitor(http)
    _refused(http.post("/chat/sessions"))
    assert _elsewhere("192.0.2.7").post("/chat/sessions").status_code == 201


def test_reading_and_deleting_have_a_limit(visitor: Visitor, settings: Any) -> None:
    settings.MESSAGES_PER_MINUTE = 1
    for _ in range(5):
        visitor.history()
    _refused(visitor.http.get("/chat/messages", headers=visitor.headers))
    _refused(visitor.delete())


def test_zero_switches_every_limit_off(http: httpx.Client, settings: Any) -> None:
    settings.MESSAGES_PER_MINUTE = settings.SESSIONS_PER_MINUTE = 0
    visitors = [Visitor(http) for _ in range(30)]
    for number in range(60):
        visitors[0].say(f"message {number}")


def test_a_crisis_over_the_limit_gets_its_card_and_is_kept(visitor: Visitor, settings: Any, rasa: FakeRasa) -> None:
    settings.MESSAGES_PER_MINUTE = 1
    visitor.say("hello")
    for _ in range(3):
        assert visitor.say(CRISIS)[0]["kind"] == "crisis"
    assert len(rasa.seen) == 1
    assert Message.objects.filter(danger="crisis", failure="over_limit").count() == 3


def test_households_share_a_limit_over_ipv6(http: httpx.Client, settings: Any) -> None:
    settings.SESSIONS_PER_MINUTE = 1
    assert _elsewhere("2001:db8:1:2::5").post("/chat/sessions").status_code == 201
    _refused(_elsewhere("2001:db8:1:2:ffff::9").post("/chat/sessions"))
    assert _elsewhere("2001:db8:1:3::5").post("/chat/sessions").status_code == 201


def test_a_client_cannot_claim_another_address(http: httpx.Client, settings: Any) -> None:
    settings.SESSIONS_PER_MINUTE = 1
    assert _elsewhere("192.0.2.7", **{"X-Forwarded-For": "198.51.100.1"}).post("/chat/sessions").status_code == 201
    _refused(_elsewhere("192.0.2.7", **{"X-Forwarded-For": "198.51.100.2"}).post("/chat/sessions"))


def test_behind_our_own_proxy_the_visitors_address_counts(http: httpx.Client, settings: Any) -> None:
    settings.SESSIONS_PER_MINUTE = 1
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    first = _elsewhere("10.0.0.1", **{"X-Forwarded-For": "203.0.113.9, 198.51.100.1"})
    assert first.post("/chat/sessions").status_code == 201
    _refused(_elsewhere("10.0.0.1", **{"X-Forwarded-For": "made up, 198.51.100.1"}).post("/chat/sessions"))
    second = _elsewhere("10.0.0.1", **{"X-Forwarded-For": "198.51.100.2, 10.9.9.9"})
    assert second.post("/chat/sessions").status_code == 201


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_visitor_is_answered_when_the_limits_store_is_gone(visitor: Visitor, settings: Any) -> None:
    settings.MESSAGES_PER_MINUTE = 1
    settings.LIMITS_STORAGE_URL = f"redis://127.0.0.1:{closed_port()}"
    visitor.say("hello")
    visitor.say("hello again")
