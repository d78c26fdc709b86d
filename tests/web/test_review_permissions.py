"""Who may do what: every address of the console, role by role."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern
from fake_rasa import FakeRasa
from staffing import account, addresses, ask, signed_in, summary_of
from visitor import Visitor

from web.chat.models import CrisisStub, Message
from web.review.access import SignInStep, StaffView
from web.review.models import AuditEntry, Correction, Note

#: (method, address, form, reader, reviewer, manager): the status that each role gets.
C = "/staff/conversations/{conversation}"
TABLE: list[tuple[str, str, dict[str, str], int, int, int]] = [
    ("get", "/staff/", {}, 200, 200, 200),
    ("post", "/staff/stubs/{stub}", {}, 403, 302, 302),
    ("get", "/staff/conversations?id={conversation}", {}, 403, 403, 302),
    ("get", C, {}, 200, 200, 200),
    ("post", f"{C}/review", {"version": "{version}"}, 403, 302, 302),
    ("post", f"{C}/assign", {"version": "{version}"}, 403, 302, 302),
    ("post", f"{C}/notes", {"text": "A note."}, 403, 302, 302),
    ("post", f"{C}/tags", {"name": "a tag"}, 403, 302, 302),
    (
        *("post", f"{C}/follow-ups"),
        {"outcome": "reached", "happened_at": "2026-01-01T10:00", "text": "Called."},
        *(403, 302, 302),
    ),
    ("post", f"{C}/corrections", {"message": "{message}", "part": "0", "should_be": "cost", "seen": ""}, 403, 302, 302),
    ("get", f"{C}/delete", {}, 403, 403, 200),
    ("post", f"{C}/delete", {"reason": "asked for"}, 403, 403, 302),
    ("get", "/staff/teaching", {}, 200, 200, 200),
    ("post", "/staff/teaching/{correction}", {"accept": "1"}, 403, 302, 302),
    ("get", "/staff/insight", {}, 200, 200, 200),
    ("get", "/staff/insight/week", {}, 200, 200, 200),
    ("get", "/staff/export", {}, 403, 403, 200),
    ("get", "/staff/export?format=csv&show=all", {}, 403, 403, 200),
    ("get", "/staff/people", {}, 403, 403, 200),
    ("post", "/staff/people", {"username": "new", "role": "reader"}, 403, 403, 200),
    ("get", "/staff/audit", {}, 403, 403, 200),
    ("get", "/staff/admin/", {}, 403, 403, 200),
    ("get", "/staff/admin/auth/user/", {}, 403, 403, 200),
    ("get", "/staff/admin/auth/user/add/", {}, 403, 403, 403),
    ("get", "/staff/admin/auth/user/{account}/change/", {}, 403, 403, 200),
    ("get", "/staff/admin/auth/user/{account}/delete/", {}, 403, 403, 403),
]


@pytest.fixture
def values(visitor: Visitor, rasa: FakeRasa) -> dict[str, str]:
    """What stands in the braces of the table."""
    ask(visitor, rasa, "how long is it")
    summary = summary_of("how long is it")
    message = Message.objects.get()
    someone = account("reviewer", "someone")
    stub = CrisisStub.objects.create(kind="crisis", happened_at=message.received_at)
    correction = Correction.objects.create(
        message=message, part=1, text="and the price", was="cost", should_be="insurance", by=someone
    )
    return {
        "conversation": str(summary.conversation_id),
        "version": str(summary.version),
        "message": str(message.pk),
        "stub": str(stub.pk),
        "correction": str(correction.pk),
        "account": str(someone.pk),
    }


@pytest.mark.parametrize("role", ["reader", "reviewer", "manager"])
@pytest.mark.parametrize("row", TABLE, ids=[f"{row[0]} {row[1]}" for row in TABLE])
def test_each_role_gets_what_it_may_and_no_more(
    role: str, row: tuple[str, str, dict[str, str], int, int, int], values: dict[str, str]
) -> None:
    method, address, form, *statuses = row
    status = statuses[["reader", "reviewer", "manager"].index(role)]
    client = signed_in(role)
    sent = {name: value.format(**values) for name, value in form.items()}
    answer = getattr(client, method)(address.format(**values), sent)
    assert answer.status_code == status
    if status == 302:
        assert "sign-in" not in answer["Location"]
    if status == 403 and "/admin/" not in address:
        assert AuditEntry.objects.filter(action="refused", actor=f"a-{role}").exists()


@pytest.mark.parametrize("row", TABLE, ids=[f"{row[0]} {row[1]}" for row in TABLE])
def test_nobody_gets_anything_without_signing_in(
    row: tuple[str, str, dict[str, str], int, int, int], values: dict[str, str]
) -> None:
    method, address, form, *_ = row
    answer = getattr(Client(), method)(address.format(**values), {k: v.format(**values) for k, v in form.items()})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/staff/sign-in")
    assert not Note.objects.exists()


def _class(pattern: URLPattern) -> Any:
    return getattr(pattern.callback, "view_class", object)


def test_every_address_of_the_staff_says_who_may_see_it() -> None:
    ours = [(name, p) for name, p in addresses() if name.startswith("staff/") and "admin/" not in name]
    assert len(ours) > 20
    for name, pattern in ours:
        assert issubclass(_class(pattern), StaffView | SignInStep), name


def test_the_table_above_has_every_address_of_the_console() -> None:
    import re

    known = {re.sub(r"\{.*?\}", "*", row[1].partition("?")[0]) for row in TABLE}
    for name, pattern in addresses():
        if pattern.callback.__module__.startswith("web.review") and issubclass(_class(pattern), StaffView):
            assert "/" + re.sub(r"<.*?>", "*", name) in known, name


@pytest.mark.django_db
def test_a_manager_makes_nobody_a_superuser_and_cannot_switch_the_own_account_off() -> None:
    client, other = signed_in("manager"), account("reader", "joan")
    form = {"username": "joan", "role": "reviewer", "is_active": "on", "is_superuser": "on", "password": "x"}
    assert client.post(f"/staff/admin/auth/user/{other.pk}/change/", form).status_code == 302
    before = other.password
    other.refresh_from_db()
    assert (other.is_superuser, other.password, other.groups.get().name) == (False, before, "reviewer")
    own = client.session["_auth_user_id"]
    client.post(f"/staff/admin/auth/user/{own}/change/", {"username": "a-manager", "role": "reader"})
    assert client.get("/staff/people").status_code == 200
