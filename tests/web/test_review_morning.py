"""A nurse's morning, in a real browser: sign in, find the one at risk, read, note, put away, teach."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import CRISIS
from django_otp.oath import totp
from fake_rasa import FakeRasa
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from running_door import BIN, ROOT, RunningDoor
from staffing import understood
from visitor import Visitor

PASSWORD = "correct horse battery staple"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PAGES = (
    *("/staff/", "/staff/?show=all&topic=cost", "/staff/teaching", "/staff/insight", "/staff/insight/week"),
    *("/staff/export", "/staff/people", "/staff/audit"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "these tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, _fake_rasa: FakeRasa) -> Iterator[RunningDoor]:
    """A door with a hundred conversations; one of them is at risk."""
    running = RunningDoor(tmp_path_factory.mktemp("console"), _fake_rasa.url)
    running.start()
    with running.client() as client:
        for number in range(100):
            text, topic, kind = ("how long is it", "session_length", "answer")
            if number % 5 == 0:
                text, topic, kind = ("what about the price tag", "number_of_sessions", "not_on_page")
            if number == 41:
                text, topic, kind = (f"nothing helps and {CRISIS}", "session_length", "answer")
            _fake_rasa.answer = understood(topic, f"{text} {number}", kind=kind)
            Visitor(client).say(f"{text} {number}")
    _fake_rasa.reset()
    yield running
    running.stop()


def invitation(running: RunningDoor, name: str, role: str) -> str:
    """The link that ``make staff`` prints."""
    manage = [str(BIN / "python"), str(ROOT / "web" / "manage.py")]
    command = [*manage, "staff", name, "--role", role, "--door", running.url]
    done = subprocess.run(command, env=running.environment, check=True, capture_output=True, text=True)
    found = re.search(r"http\S+", done.stdout)
    assert found, done.stdout
    return found.group()


def join(page: Page, link: str) -> None:
    """Follows an invitation until the queue is there."""
    page.goto(link)
    page.get_by_label("Password, 12").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    secret = page.locator("code").inner_text().replace(" ", "")
    page.get_by_label("Six digits").fill(f"{totp(base64.b32decode(secret)):06d}")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Conversations").wait_for()


@pytest.fixture(scope="module")
def manager(browser: Browser, running: RunningDoor) -> Any:
    """What a manager's browser holds after signing in."""
    context = browser.new_context()
    join(context.new_page(), invitation(running, "maria", "manager"))
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def opened(browser: Browser, manager: Any) -> Iterator[Callable[..., Page]]:
    """Opens browsers of the manager; none may have had anything to complain about."""
    made: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options: Any) -> Page:
        context = browser.new_context(storage_state=manager, **{**DESKTOP, **options})
        made.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        return page

    yield make
    for context in made:
        context.close()
    assert errors == []


def test_a_nurses_morning(browser: Browser, running: RunningDoor) -> None:
    context = browser.new_context(**DESKTOP)
    page = context.new_page()
    page.set_default_timeout(8000)
    join(page, invitation(running, "joan", "reviewer"))

    # The one at risk among a hundred stands on top.
    first = page.locator("[data-rows] li").first
    expect(first).to_contain_text(CRISIS)
    expect(page.get_by_role("link", name="Crisis or emergency 1")).to_be_visible()

    # By keyboard: the first row, open it.
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_be_visible()
    expect(page.get_by_text("Raised by")).to_be_visible()

    # It cannot be put away before there is an outcome.
    page.keyboard.press("r")
    expect(page.get_by_text("Before an alarm is put away")).to_be_visible()
    page.get_by_label("Note", exact=True).fill("Left no name. Told the doctor on duty.")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_text("Told the doctor on duty.")).to_be_visible()
    page.get_by_label("What came of it").select_option(label="Handed to a clinician")
    page.get_by_role("button", name="Note the outcome").click()
    page.get_by_text("The outcome is noted.").wait_for()
    page.keyboard.press("r")
    page.get_by_text("Marked as reviewed.").wait_for()
    page.goto(f"{running.url}/staff/")
    expect(page.get_by_role("link", name="Crisis or emergency 0")).to_be_visible()

    # Two corrections, one with a suggestion, one from the list.
    page.get_by_role("navigation", name="By reason").get_by_role("link", name="Not on the page").click()
    page.locator("[data-rows] .open").first.click()
    page.get_by_text("Should have been …").click()
    page.get_by_role("group", name="Suggestions").get_by_role("button", name="What does it cost?").click()
    expect(page.get_by_text("Should have been What does it cost?")).to_be_visible()
    page.get_by_role("button", name="Mark reviewed, next").click()
    page.get_by_text("Should have been …").click()
    page.get_by_role("link", name="Something else …").click()
    page.get_by_label("Something else").select_option(label="Are there payment plans?")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Should have been Are there payment plans?")).to_be_visible()
    page.get_by_role("link", name="Teaching", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^Accept"))).to_have_count(2)
    for _ in range(2):
        page.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect(page.locator("ins")).to_have_count(2)
    exported = subprocess.run(
        [BIN / "python", ROOT / "web" / "manage.py", "corrections", "--out"],
        env=running.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert '"should_be": "cost"' in exported
    assert '"should_be": "payment_plans"' in exported
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_any_page(
    opened: Callable[..., Page], running: RunningDoor, size: dict[str, Any], scheme: str
) -> None:
    page, found = opened(**size, color_scheme=scheme), {}
    page.goto(f"{running.url}/staff/?show=all")
    transcript = str(page.locator("[data-rows] .open").first.get_attribute("href"))
    for address in (*PAGES, transcript, transcript.partition("?")[0] + "/delete"):
        page.goto(running.url + address)
        page.evaluate("() => document.querySelectorAll('details').forEach(part => part.open = true)")
        result = Axe().run(page)
        if result.violations_count:
            found[address] = result.generate_report()
    assert found == {}


def test_axe_finds_nothing_before_signing_in(browser: Browser, running: RunningDoor) -> None:
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(f"{running.url}/staff/")
    assert Axe().run(page).violations_count == 0
    page.goto(invitation(running, "nobody", "reader"))
    assert Axe().run(page).violations_count == 0
    context.close()


def test_nothing_is_wider_than_a_phone(opened: Callable[..., Page], running: RunningDoor) -> None:
    page = opened(viewport={"width": 320, "height": 600})
    for address in PAGES:
        page.goto(running.url + address)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 320, address


def test_keys_move_open_and_review_and_can_be_switched_off(opened: Callable[..., Page], running: RunningDoor) -> None:
    page = opened()
    page.goto(f"{running.url}/staff/?topic=session_length")
    rows = page.locator("[data-rows] .open")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    words = rows.nth(0).inner_text()
    page.keyboard.press("r")
    page.get_by_text("Marked as reviewed.").wait_for()
    expect(rows.nth(0)).not_to_have_text(words)
    page.get_by_label("Words").focus()
    page.keyboard.type("jkr")
    expect(page.get_by_label("Words")).to_have_value("jkr")
    page.get_by_text("Keyboard", exact=True).click()
    page.get_by_label("Single-key shortcuts are on").uncheck()
    page.reload()
    page.keyboard.press("j")
    expect(rows.nth(0)).not_to_be_focused()


def test_without_scripts_everything_is_still_there(browser: Browser, manager: Any, running: RunningDoor) -> None:
    context = browser.new_context(storage_state=manager, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{running.url}/staff/?topic=session_length")
    page.get_by_label("Words").fill("how long")
    page.get_by_role("button", name="Search").click()
    page.locator("[data-rows] .open").first.click()
    page.get_by_label("Note", exact=True).fill("Read without scripts.")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_text("Read without scripts.")).to_be_visible()
    context.close()


def test_in_print_the_tables_are_there_and_the_forms_are_not(opened: Callable[..., Page], running: RunningDoor) -> None:
    page = opened()
    page.goto(f"{running.url}/staff/insight/week")
    page.emulate_media(media="print")
    expect(page.locator("table.numbers").first).to_be_visible()
    expect(page.locator("header.top")).not_to_be_visible()
