"""What the operator and the browser of a visitor rely on."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from fake_rasa import FakeRasa, closed_port
from visitor import Visitor

from safety.replies import CLINIC, SECTIONS
from web.chat.models import Message

ROOT = Path(__file__).resolve().parents[2]


def test_lives_and_says_so_without_rasa(http: httpx.Client, settings: Any) -> None:
    settings.RASA_URL = f"http://127.0.0.1:{closed_port()}"
    assert http.get("/healthz").status_code == 200


def test_ready_means_that_rasa_answered_a_question(http: httpx.Client, rasa: FakeRasa) -> None:
    answer = http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "log": True, "rasa": True})
    assert rasa.seen[0]["text"]
    http.get("/readyz")
    assert len(rasa.seen) == 1
    assert not Message.objects.exists()


@pytest.mark.parametrize("failure", [{"status": 500}, {"broken": "drop"}, {"answer": {"replies": []}}])
def test_not_ready_when_rasa_is_there_but_does_not_answer(
    http: httpx.Client, rasa: FakeRasa, failure: dict[str, Any]
) -> None:
    for name, value in failure.items():
        setattr(rasa, name, value)
    answer = http.get("/readyz")
    assert (answer.status_code, answer.json()["rasa"]) == (503, False)


def _from(address: str, **headers: str) -> int:
    from web.wsgi import application

    transport = httpx.WSGITransport(application, remote_addr=address)
    with httpx.Client(transport=transport, base_url="http://testserver") as client:
        return client.get("/metrics", headers=headers).status_code


def test_metrics_are_not_public(http: httpx.Client, settings: Any) -> None:
    assert _from("127.0.0.1") == 200
    assert _from("::1") == 200
    assert _from("192.0.2.7") == 404
    assert _from("127.0.0.1", **{"X-Forwarded-For": "192.0.2.7"}) == 404
    assert _from("192.0.2.7", Authorization="Bearer ") == 404
    settings.METRICS_TOKEN = "secret"
    assert _from("192.0.2.7", Authorization="Bearer secret") == 200
    assert _from("192.0.2.7", Authorization="Bearer other") == 404


def test_metrics_tell_what_answered(visitor: Visitor, rasa: FakeRasa) -> None:
    def count(outcome: str) -> float:
        for line in visitor.http.get("/metrics").text.splitlines():
            if line.startswith(f'chat_turns_total{{outcome="{outcome}"}}'):
                return float(line.split()[-1])
        return 0

    before = count("rasa"), count("status_500")
    visitor.say("hello")
    rasa.status = 500
    visitor.say("hello")
    assert (count("rasa"), count("status_500")) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/chat", 404),
        ("GET", "/chat/messages/", 404),
        ("PUT", "/chat/messages", 405),
        ("GET", "/chat/sessions", 405),
        ("PATCH", "/chat/session", 405),
        ("DELETE", "/chat/feedback", 405),
        ("POST", "/healthz", 405),
    ],
)
def test_wrong_addresses_and_methods_are_answered_in_words(
    http: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert CLINIC["clinic_phone"] in answer.json()["detail"]
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]
    if status == 405:
        assert answer.headers["Allow"]


def test_an_error_of_ours_is_answered_in_words_and_its_message_not_logged(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    from web.chat.views import messages

    def fail(text: str) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr(messages, "judge", fail)
    answer = visitor.post("words that nobody may find")
    assert answer.status_code == 500
    for number in (CLINIC["clinic_phone"], CLINIC["lifeline"], CLINIC["emergency"]):
        assert number in answer.json()["detail"]
    logged = log.getvalue()
    assert "RuntimeError" in logged
    assert answer.headers["X-Request-ID"] in logged
    assert "nobody may find" not in logged


def test_a_foreign_host_name_is_refused_in_words(http: httpx.Client) -> None:
    answer = http.post("/chat/sessions", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert CLINIC["clinic_phone"] in answer.json()["detail"]


# --- browsers ------------------------------------------------------------------------------------


def _preflight(http: httpx.Client, origin: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return http.options("/chat/messages", headers=headers)


def test_pages_of_allowed_sites_may_talk_to_the_door(http: httpx.Client) -> None:
    answer = _preflight(http, "https://clinic.example")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "https://clinic.example"
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    refused = http.post("/chat/messages", headers={"Origin": "https://clinic.example"})
    assert refused.headers["Access-Control-Allow-Origin"] == "https://clinic.example"
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]


def test_a_body_that_is_too_large_is_told_to_pages_of_allowed_sites(http: httpx.Client) -> None:
    answer = http.post("/chat/messages", content=b"a" * 9000, headers={"Origin": "https://clinic.example"})
    assert answer.status_code == 413
    assert answer.headers["Access-Control-Allow-Origin"] == "https://clinic.example"


@pytest.mark.parametrize("origin", ["https://evil.example", "https://clinic.example.evil.example", "null"])
def test_pages_of_other_sites_may_not(http: httpx.Client, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in _preflight(http, origin).headers
    assert "Access-Control-Allow-Origin" not in http.post("/chat/sessions", headers={"Origin": origin}).headers


def test_the_page_shows_the_clinics_sections_and_the_numbers_without_the_script(http: httpx.Client) -> None:
    answer = http.get("/")
    assert answer.status_code == 200
    for section in SECTIONS.values():
        assert f'id="{section["anchor"]}"' in answer.text
    for number in (CLINIC["clinic_phone"], CLINIC["lifeline"], CLINIC["emergency"]):
        assert number in answer.text
    assert "widget.js" in answer.text


def test_the_page_allows_no_third_party(http: httpx.Client) -> None:
    policy = http.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_widget_is_served_small_and_fresh_to_any_page(http: httpx.Client) -> None:
    answer = http.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "max-age=300, public"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = http.get("/widget.js", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize("path", ["/", "/chat/messages", "/widget.js", "/nothing"])
def test_browsers_are_told_to_be_strict(http: httpx.Client, path: str) -> None:
    assert http.get(path).headers["X-Content-Type-Options"] == "nosniff"


# --- upkeep --------------------------------------------------------------------------------------


def test_the_migrations_are_those_of_the_models(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_setting_is_documented() -> None:
    import re

    documented = (ROOT / "docs" / "chat-api.md").read_text(encoding="utf-8")
    read: set[str] = set()
    for name in ("settings.py", "gunicorn.conf.py", "chat/metrics.py"):
        source = (ROOT / "web" / name).read_text(encoding="utf-8")
        read |= set(re.findall(r"""(?:environ\.get\(|environ\[|_names\()"([A-Z_]+)\"""", source))
    assert len(read) > 10
    assert {name for name in read if f"`{name}`" not in documented} == set()
