"""Whatever is sent, the answer is a useful reply or a refusal in words; `make fuzz` sends far more of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from random import Random

import httpx
import pytest
from fake_rasa import FakeRasa
from hypothesis import given, settings
from running_door import RunningDoor
from staffing import addresses

from benchmarks.fuzz import promise, sending, staff, words
from benchmarks.fuzz.forms import FORMS
from benchmarks.fuzz.promise import Answer, Tally
from safety import judge, normalise
from web.privacy import masking
from web.review.access import SignInStep, StaffView

_SOME = settings(max_examples=80, derandomize=True, deadline=None, database=None)


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long an answer takes is for `make fuzz` to say."""
    monkeypatch.setattr(promise, "PATIENCE", float("inf"))
    monkeypatch.setattr(sending, "_REST", float("inf"))


@pytest.fixture
def tallies() -> Iterator[sending.Tallies]:
    """Counts what is sent; at the end nothing may be wrong, and something must have been both taken and refused."""
    counted: sending.Tallies = defaultdict(Tally)
    yield counted
    findings = [finding for tally in counted.values() for finding in tally.findings]
    assert not findings, "\n".join(findings)
    assert sum(tally.answered for tally in counted.values()) > 5
    assert sum(tally.refused for tally in counted.values()) > 20


def test_every_nasty_message_gets_a_reply_or_a_problem_in_words(
    http: httpx.Client, rasa: FakeRasa, tallies: sending.Tallies
) -> None:
    sending.send_bodies(http, tallies)
    assert all("\0" not in request["text"] for request in rasa.seen)


def test_every_nasty_comment_and_call_back_form_gets_one_too(http: httpx.Client, tallies: sending.Tallies) -> None:
    sending.send_other_texts(http, tallies)


def test_tokens_addresses_and_methods_that_are_none_get_a_problem_in_words(
    door: RunningDoor, tallies: sending.Tallies
) -> None:
    with door.client() as client:
        sending.send_tokens_and_addresses(client, tallies)


def test_what_is_no_request_at_all_gets_a_problem_in_words(door: RunningDoor, tallies: sending.Tallies) -> None:
    with door.client() as client:
        sending.send_raw(door.url, sending.new_token(client), tallies)
        assert client.get("/healthz").status_code == 200
    assert '"exc_info"' not in door.log.read_text()


def test_every_form_of_the_staff_filled_in_with_nonsense_gets_a_page_in_words(
    http: httpx.Client, tallies: sending.Tallies
) -> None:
    staff.play(http, Random(7), 8, tallies)
    assert set(tallies) == {"forms, as nobody", "forms, as reader", "forms, as reviewer", "forms, as manager"}


@pytest.mark.parametrize(
    ("address", "field", "value"),
    [
        ("/staff/conversations/{conversation}/review", "version", "9" * 5000),
        ("/staff/conversations/{conversation}/assign", "to", "9" * 5000),
        ("/staff/conversations/{conversation}/corrections", "message", "9" * 5000),
        ("/staff/conversations/{conversation}/notes", "text", "é" * 3000),
        ("/staff/conversations/{conversation}/notes", "queue", "until=9999-12-31"),
        ("/staff/", "until", "9999-12-31"),
        ("/staff/export", "since", "9999-12-31"),
        ("/staff/insight/week", "week", "9999-W52"),
        ("/staff/insight/week", "week", "0001-W01"),
    ],
)
def test_what_once_failed_does_not_again(http: httpx.Client, address: str, field: str, value: str) -> None:
    from benchmarks.fuzz.forms import Submission, urlencoded

    values, tally = staff.subject(http), Tally()
    form = next(form for form in FORMS if form.address == address and (not field or field in form.fields))
    fields = {**{name: text.format(**staff.current(values)) for name, text in form.fields.items()}, field: value}
    hostile = Submission(value[:20], urlencoded(list(fields.items())))
    staff.submit(http, form, address.format(**values), hostile, staff.signed_in("manager"), tally)
    assert (tally.sent, tally.findings) == (1, [])


def test_a_call_back_cannot_be_put_off_to_the_end_of_time(http: httpx.Client) -> None:
    from benchmarks.fuzz.forms import Submission, urlencoded

    values, cookies, tally = staff.subject(http), staff.signed_in("reviewer"), Tally()
    form = next(form for form in FORMS if form.fields.get("step") == "try")
    address = form.address.format(**values)
    for fields in ({"step": "claim"}, {"step": "try", "result": "no_answer", "again_at": "9999-12-31T23:59"}):
        sent = {**fields, "version": staff.current(values)["call_back_version"]}
        staff.submit(http, form, address, Submission("", urlencoded(list(sent.items()))), cookies, tally)
    assert (tally.answered, tally.refused, tally.findings) == (1, 1, [])


def test_a_page_that_only_takes_a_form_says_so(http: httpx.Client) -> None:
    values, cookies = staff.subject(http), staff.signed_in("reviewer")
    header = {"Cookie": f"staff_session={cookies['staff_session']}"}
    answer = http.get(f"/staff/conversations/{values['conversation']}/notes", headers=header)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")
    assert "Only a form can be sent to this address" in answer.text


def test_the_list_of_forms_has_every_one_there_is() -> None:
    known = {re.sub(r"\{.*?\}", "*", form.address) for form in FORMS if form.method == "POST"}
    for name, pattern in addresses():
        view = getattr(pattern.callback, "view_class", object)
        if issubclass(view, StaffView | SignInStep) and hasattr(view, "post"):
            assert "/" + re.sub(r"<.*?>", "*", name) in known, name


def test_what_is_broken_is_found_out() -> None:
    """The promises themselves: answers that break them are told from those that keep them."""
    problem = {"content-type": "application/problem+json"}
    page = {"content-type": "text/html"}
    assert promise.broken_by_door(Answer(500, problem, b"{}", 0))
    assert promise.broken_by_door(Answer(0, {}, b"", 0))
    assert promise.broken_by_door(Answer(400, page, b"<h1>Bad Request</h1>", 0))
    assert promise.broken_by_door(Answer(400, problem, b'{"status": 400}', 0))
    assert promise.broken_by_console(Answer(413, problem, b"{}", 0))
    assert promise.broken_by_console(Answer(405, page, b"", 0))
    assert promise.broken_by_console(Answer(200, page, b"<h1>x</h1> ValueError", 0))
    assert not promise.broken_by_console(Answer(200, page, b"<h1>x</h1> ValueError", 0), "ValueError")


# --- floor and masking ---------------------------------------------------------------------------


@pytest.mark.parametrize("noise", words.NOISES)
@_SOME
@given(text=words.sentences)
def test_what_nobody_sees_in_a_text_does_not_change_its_judgement(noise: str, text: str) -> None:
    assert words.broken_by_noise(text, noise) == ""


@_SOME
@given(words.texts)
def test_any_text_is_judged_the_same_each_time(text: str) -> None:
    assert words.broken_by_floor(text) == ""


@_SOME
@given(words.texts)
def test_no_alarm_is_lost_in_masking_and_masking_again_changes_nothing(text: str) -> None:
    assert words.broken_by_masking(text) == ""


def test_the_floor_knows_every_mask() -> None:
    assert {f"[{name}]" for name in normalise.MASKS} == set(masking.MASKS.values())


@pytest.mark.parametrize(
    "text",
    [
        "meaningless, 312-555-0188 thinking about suicide again. it was gone for a year born 4/5/1961",
        "jo@example.org 4111 1111 1111 1111 I'd rather be dead than go on https://example.org/?id=77123",
        "im so jealous of people in the obituaries dr patel https://example.org/?id=77123",
        "i'm 93 ich habe selbstmordgedanken dr patel",
    ],
)
def test_what_stands_in_place_of_personal_data_takes_no_alarm_back(text: str) -> None:
    assert words.broken_by_masking(text) == ""
    assert judge(text).alarm
