"""From the chat to the phone, with real processes and a real browser; and with any of them killed at any step."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import uuid
from collections.abc import Iterator

import httpx
import pytest
from call_backs import DIGITS, ask, form
from conftest import CRISIS
from fake_rasa import FakeRasa, closed_port, made_reply, turn
from mail_server import MailServer, channel, text_of
from playwright.sync_api import Page, expect, sync_playwright
from running_door import BIN, ROOT, RunningDoor
from visiting import PHONE, chromium
from visitor import Visitor

from safety.replies import RESPONSES, compose

#: Makes a member of staff who is signed in with both factors, and prints the key of the session.
SIGN_IN = """
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice
user = User.objects.create_user("rita")
user.groups.set([Group.objects.get(name="reviewer")])
device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session[DEVICE_ID_SESSION_KEY] = device.persistent_id
session.save()
print("session", session.session_key)
"""


class Worker:
    """The worker that sends alerts, as the Procfile runs it."""

    def __init__(self, door: RunningDoor) -> None:
        self._door = door
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._door.log.open("ab") as log:
            self.process = subprocess.Popen(
                [BIN / "python", "web/manage.py", "send_alerts"],
                cwd=ROOT,
                env=self._door.environment,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        assert self.process
        os.kill(self.process.pid, signal.SIGKILL)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None


@pytest.fixture(scope="module")
def _duty_door(tmp_path_factory: pytest.TempPathFactory, _fake_rasa: FakeRasa) -> Iterator[tuple[RunningDoor, int]]:
    """A door whose alerts go by mail to a port of this machine."""
    port = closed_port()
    settings = {"ALERT_CHANNELS": f"mail={channel(port)}", "ALERT_LEASE_SECONDS": "2"}
    door = RunningDoor(tmp_path_factory.mktemp("duty"), _fake_rasa.url, **settings)
    door.environment["STAFF_URL"] = door.url
    door.start()
    yield door, port
    door.stop()


@pytest.fixture
def own_door(_duty_door: tuple[RunningDoor, int]) -> RunningDoor:
    """That door, without requests and alerts of another test."""
    for table in ("try", "delivery", "alert", "callback"):
        _duty_door[0].write(f"delete from handoff_{table}")
    return _duty_door[0]


@pytest.fixture
def mail(_duty_door: tuple[RunningDoor, int]) -> Iterator[MailServer]:
    """The mail server at that port."""
    server = MailServer(_duty_door[1])
    yield server
    server.stop()


@pytest.fixture
def worker(own_door: RunningDoor) -> Iterator[Worker]:
    worker = Worker(own_door)
    yield worker
    worker.stop()


@pytest.fixture
def page() -> Iterator[Page]:
    """A visitor's phone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(**PHONE)
        page.set_default_timeout(15000)
        yield page
        browser.close()


def _link(text: str) -> str:
    found = re.search(r"https?://\S+/staff/\S+?(?=[\s<\"])", text)
    assert found, text
    return found.group()


def _session(door: RunningDoor) -> str:
    done = subprocess.run(
        [BIN / "python", "web/manage.py", "shell", "--no-imports", "-c", SIGN_IN],
        cwd=ROOT,
        env=door.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split("session ")[1].strip()


def test_a_visitor_who_asks_about_warfarin_is_called(
    own_door: RunningDoor, worker: Worker, rasa: FakeRasa, mail: MailServer, page: Page
) -> None:
    worker.start()
    personal = compose(RESPONSES, "personal_medicine")
    rasa.answer = turn({**made_reply(), **personal})

    page.goto(own_door.url)
    page.get_by_role("button", name="Questions? Chat with us").tap()
    page.locator("#field").fill("I take warfarin, would that be a problem?")
    page.get_by_role("button", name="Send", exact=True).tap()
    reply = page.locator("[data-reply]").last
    expect(reply.get_by_role("link", name="Call the clinic")).to_have_attribute("href", "tel:+18472369310")
    reply.get_by_role("button", name="Ask for a call back").tap()
    page.get_by_label("First name").fill("Ann")
    page.get_by_label("Phone number").fill("312 555 0188 x12")
    expect(page.get_by_label("What is it about?")).to_have_value("I take warfarin, would that be a problem?")
    page.get_by_label("may keep this").check()
    page.get_by_role("button", name="Send to the clinic").tap()
    expect(page.get_by_role("heading", name="The clinic has your request.")).to_be_visible()

    (alert,) = mail.wait_for(1)
    text = text_of(alert)
    assert "Ann" not in text
    assert "warfarin" not in text
    assert DIGITS not in re.sub(r"\D", "", text.replace(_link(text), ""))

    assert page.context.browser
    staff = page.context.browser.new_context(base_url=own_door.url)
    cookie = {"name": "staff_session", "value": _session(own_door), "url": f"{own_door.url}/staff/"}
    staff.add_cookies([cookie])  # type: ignore[list-item]
    console = staff.new_page()
    console.goto(_link(text))
    expect(console.get_by_role("link", name="(312) 555-0188 ext. 12")).to_be_visible()
    console.get_by_role("button", name="Take this call").click()
    console.get_by_role("radio", name="Reached").check()
    console.get_by_role("button", name="Note it").click()
    expect(console.get_by_text("Noted: reached.")).to_be_visible()
    console.get_by_role("link", name="What was said in the chat").click()
    expect(console.get_by_text("I take warfarin, would that be a problem?").first).to_be_visible()
    assert own_door.rows("select result from handoff_try") == [("reached",)]
    content = b"".join(path.read_bytes() for path in (own_door.folder / "var").glob("chat.sqlite3*"))
    assert b"312" + b"5550188" not in content
    assert b"555-0188" not in content


# --- killed -----------------------------------------------------------------------------------------


def test_a_worker_killed_between_sending_and_noting_it_sends_again_and_says_so(
    own_door: RunningDoor, worker: Worker, mail: MailServer
) -> None:
    with own_door.client() as client:
        ask(Visitor(client))
    mail.received = lambda: worker.kill()
    worker.start()
    mail.wait_for(1)
    assert worker.process
    assert worker.process.wait() == -signal.SIGKILL
    assert own_door.rows("select attempts, sent_at from handoff_delivery") == [(1, None)]
    mail.received = None
    worker.start()
    first, second = map(text_of, mail.wait_for(2))
    assert "may be a repeat" not in first
    assert "may be a repeat" in second
    assert _link(first) == _link(second)
    worker.stop()  # it finishes what it is doing
    ((attempts, sent_at),) = own_door.rows("select attempts, sent_at from handoff_delivery")
    assert attempts == 2
    assert sent_at


def test_a_door_killed_after_a_request_or_a_crisis_has_lost_neither_nor_its_alert(
    own_door: RunningDoor, worker: Worker, rasa: FakeRasa, mail: MailServer
) -> None:
    body = form()
    rasa.delay = 20
    rasa.before = lambda _: own_door.kill()  # in the middle of the crisis message's turn
    with own_door.client() as client:
        visitor = Visitor(client)
        assert client.post("/chat/callbacks", json=body, headers=visitor.headers).json()["kept"]
        with pytest.raises(httpx.TransportError):
            visitor.post(CRISIS, str(uuid.uuid4()))
    rasa.reset()
    worker.start()  # before the door is there again
    mails = sorted(map(text_of, mail.wait_for(2)))
    assert "may be a crisis" in mails[0]
    assert "asks for a call back" in mails[1]
    own_door.start()
    with own_door.client() as client:
        again = client.post("/chat/callbacks", json=body, headers=visitor.headers)
        assert again.json() == {"kept": True, "replies": []}
    assert own_door.rows("select count(*) from handoff_callback") == [(1,)]
    assert own_door.rows("select count(*) from handoff_alert") == [(2,)]
    worker.stop()
    assert len(mail.mails) == 2


def test_a_mail_server_that_is_down_delays_an_alert_and_loses_none(
    own_door: RunningDoor, worker: Worker, mail: MailServer
) -> None:
    mail.stop()
    with own_door.client() as client:
        Visitor(client).say(CRISIS)
    worker.start()
    while not own_door.rows("select 1 from handoff_delivery where failure != ''"):
        assert worker.process
        assert worker.process.poll() is None
    worker.stop()
    again = MailServer(mail.port)
    own_door.write("update handoff_delivery set next_at = '2020-01-01 00:00:00'")  # as if the pause were over
    worker.start()
    (late,) = again.wait_for(1)
    assert "may be a repeat" in text_of(late)
    worker.stop()
    again.stop()
