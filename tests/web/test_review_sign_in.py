"""Only staff gets in: with password and second factor, invited, and not after guessing."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from staffing import PASSWORD, account, code, signed_in, text_of

from web.review.models import AuditEntry, Invitation

pytestmark = pytest.mark.django_db


def sign_in(client: Client, name: str, password: str = PASSWORD) -> Any:
    return client.post("/staff/sign-in", {"username": name, "password": password})


def test_a_password_alone_opens_nothing() -> None:
    user, client = account("manager"), Client()
    TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    assert sign_in(client, user.username)["Location"] == "/staff/second-factor"
    for address in ("/staff/", "/staff/insight", "/staff/people", "/staff/admin/"):
        assert client.get(address)["Location"].startswith("/staff/second-factor")


def test_password_and_code_open_the_queue_and_the_page_asked_for() -> None:
    user, client = account("reader"), Client()
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    assert client.get("/staff/insight")["Location"] == "/staff/sign-in?next=%2Fstaff%2Finsight"
    sign_in(client, user.username)
    answer = client.post("/staff/second-factor?next=/staff/insight", {"code": code(device)})
    assert answer["Location"] == "/staff/insight"
    assert client.get("/staff/insight").status_code == 200
    assert list(AuditEntry.objects.values_list("action", "actor")) == [("signed in", "a-reader")]


def test_nobody_is_sent_to_another_site_after_signing_in() -> None:
    user, client = account("reader"), Client()
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    sign_in(client, user.username)
    answer = client.post("/staff/second-factor?next=https://evil.example/staff/", {"code": code(device)})
    assert answer["Location"] == "/staff/"


def test_a_code_opens_only_once_and_a_wrong_one_nothing() -> None:
    user, client = account("reader"), Client()
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    sign_in(client, user.username)
    right = code(device)
    wrong = f"{(int(right) + 1) % 1000000:06d}"
    assert client.post("/staff/second-factor", {"code": wrong}).status_code == 422
    assert client.get("/staff/").status_code == 302
    TOTPDevice.objects.update(throttling_failure_count=0)
    assert client.post("/staff/second-factor", {"code": right}).status_code == 302
    other = Client()
    sign_in(other, user.username)
    assert other.post("/staff/second-factor", {"code": right}).status_code == 422


def test_after_a_wrong_code_the_next_try_has_to_wait() -> None:
    user, client = account("reader"), Client()
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    sign_in(client, user.username)
    for _ in range(4):
        client.post("/staff/second-factor", {"code": "000000"})
    assert client.post("/staff/second-factor", {"code": code(device)}).status_code == 422


def test_five_wrong_passwords_lock_the_name_even_for_the_right_one() -> None:
    account("manager", "maria")
    client = Client()
    for _ in range(4):
        assert sign_in(client, "maria", "wrong").status_code == 422
    assert sign_in(client, "maria", "wrong").status_code == 429
    locked = sign_in(client, "maria")
    assert locked.status_code == 429
    assert "15 minutes" in text_of(locked)
    assert set(AuditEntry.objects.values_list("action", "actor")) == {
        ("sign-in failed", "maria"),
        ("locked out", "maria"),
    }


def test_passwords_are_kept_by_argon2() -> None:
    assert account("reader").password.startswith("argon2$argon2id$")


def test_a_session_ends_without_clicks_and_at_the_end_of_the_day(settings: Any) -> None:
    client = signed_in("reader")
    assert client.get("/staff/").status_code == 200
    session = client.session
    session["seen"] -= settings.STAFF_IDLE_MINUTES * 60 + 1
    session.save()
    assert client.get("/staff/")["Location"] == "/staff/sign-in"
    client = signed_in("reader", "another")
    client.get("/staff/")
    session = client.session
    session["began"] -= settings.STAFF_SESSION_HOURS * 3600 + 1
    session.save()
    assert client.get("/staff/")["Location"] == "/staff/sign-in"


def test_signing_out_ends_it() -> None:
    client = signed_in("reader")
    client.post("/staff/sign-out")
    assert client.get("/staff/").status_code == 302


def test_an_account_without_a_role_or_switched_off_opens_nothing() -> None:
    assert signed_in(None).get("/staff/").status_code == 403
    client = signed_in("manager")
    User.objects.update(is_active=False)
    assert client.get("/staff/").status_code == 302


def test_cookies_are_for_the_staff_pages_alone_and_out_of_scripts_reach() -> None:
    client = Client()
    sign_in(client, account("reader").username)
    cookie = client.cookies["staff_session"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/staff/", True, "Lax")
    assert Client().get("/").cookies == {}


def test_another_site_cannot_send_a_form() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/staff/sign-in", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert "try again" in text_of(answer)


# --- invitations -----------------------------------------------------------------------------------


def link_from(text: str) -> str:
    found = re.search(r"/staff/invitation/[\w-]+", text)
    assert found
    return found.group()


def first_account() -> str:
    output = StringIO()
    call_command("staff", "maria", stdout=output)
    return link_from(output.getvalue())


def test_one_command_and_its_link_make_the_first_manager() -> None:
    link, client = first_account(), Client()
    answer = client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == "/staff/second-factor"
    shown = client.get("/staff/second-factor")
    assert b"data:image/svg+xml" in shown.content
    device = TOTPDevice.objects.get()
    assert client.post("/staff/second-factor", {"code": code(device)}).status_code == 302
    assert client.get("/staff/people").status_code == 200


def test_a_link_opens_once_and_for_a_week() -> None:
    link = first_account()
    assert Client().get(link).status_code == 200
    Client().post(link, {"password": PASSWORD, "again": PASSWORD})
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"password": "x" * 20, "again": "x" * 20}).status_code == 410
    assert User.objects.get().check_password(PASSWORD)
    link = first_account()
    Invitation.objects.filter(used_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 410


def test_a_newer_link_takes_the_older_ones_place_and_none_is_in_the_database() -> None:
    older, newer = first_account(), first_account()
    assert Client().get(older).status_code == 410
    assert Client().get(newer).status_code == 200
    kept = str(list(Invitation.objects.values_list()))
    assert newer.rpartition("/")[2] not in kept


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
def test_a_weak_password_is_not_taken(password: str) -> None:
    link = first_account()
    assert Client().post(link, {"password": password, "again": password}).status_code == 422
    assert User.objects.count() == 0


def test_a_manager_invites_and_a_lost_phone_is_replaced_by_a_new_link() -> None:
    manager = signed_in("manager")
    user = account("reviewer", "joan")
    TOTPDevice.objects.create(user=user, name="lost", confirmed=True)
    answer = manager.post("/staff/people", {"username": "joan", "role": "manager"})
    client = Client()
    client.post(link_from(text_of(answer)), {"password": "another long passphrase", "again": "another long passphrase"})
    user.refresh_from_db()
    assert user.check_password("another long passphrase")
    assert [group.name for group in user.groups.all()] == ["reviewer"]  # a link does not raise anybody
    assert list(TOTPDevice.objects.filter(user=user, confirmed=True)) == []
