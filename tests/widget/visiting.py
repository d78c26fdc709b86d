"""A visitor on a page of the clinic that holds the widget."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import yaml
from django.template import Context, Engine
from playwright.sync_api import FloatRect, Locator, Page

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "web" / "chat" / "static" / "chat"
CLINIC = yaml.safe_load((ROOT / "data" / "clinic.yml").read_text(encoding="utf-8"))
SECTIONS = yaml.safe_load((ROOT / "data" / "page.yml").read_text(encoding="utf-8"))["sections"]

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}

LINE = '<p data-clinic-chat>Call <a href="tel:+18472369310">847-236-9310</a>. Crisis: 988. Emergency: 911.</p>'


def demo_page() -> str:
    """The demonstration page as the door shows it."""
    sections = [{"id": name, **section} for name, section in SECTIONS.items()]
    template = Engine(dirs=[str(ROOT / "web/chat/templates")]).get_template("chat/demo.html")
    return str(template.render(Context({"clinic": CLINIC, "sections": sections})))


def chromium() -> str:
    """Path of the system's Chromium."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "these tests need Chromium: apt-get install chromium"
    return found


def box(of: Locator) -> FloatRect:
    """Where an element stands, in pixels of the viewport."""
    found = of.bounding_box()
    assert found, "it is not shown"
    return found


class Visit:
    """A visitor on a page with the widget.

    Attributes:
        page: the page.
        errors: what the browser's console complained about, refused connections aside.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self._note(line.type, line.text))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.errors.append(text)

    @property
    def launcher(self) -> Locator:
        return self.page.locator("button.launcher")

    @property
    def panel(self) -> Locator:
        return self.page.locator("dialog")

    @property
    def field(self) -> Locator:
        return self.page.locator("#field")

    @property
    def trouble(self) -> Locator:
        return self.page.locator("footer .tell")

    @property
    def replies(self) -> Locator:
        return self.page.locator("[data-reply]")

    @property
    def mine(self) -> Locator:
        return self.page.locator("[data-message]")

    @property
    def chips(self) -> Locator:
        return self.page.locator(".chips button")

    def open(self) -> Visit:
        self.launcher.click()
        self.chips.first.wait_for()
        return self

    def say(self, text: str) -> None:
        """Sends a message and waits until it stands in the log."""
        before = self.mine.count()
        self.field.fill(text)
        self.field.press("Enter")
        self.mine.nth(before).wait_for()

    def ask(self, text: str) -> Locator:
        """Sends a message and gives the newest reply."""
        before = self.replies.count()
        self.say(text)
        self.replies.nth(before).wait_for()
        self.page.wait_for_function("() => !document.querySelector('div[lang]').shadowRoot.querySelector('.typing')")
        return self.replies.last

    def menu(self, name: str) -> None:
        """Chooses from the menu."""
        self.page.get_by_role("button", name="Menu", exact=True).click()
        self.page.locator("#menu").get_by_role("button", name=name, exact=True).click()
