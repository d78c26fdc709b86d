"""The widget in the system's Chromium, on a clinic's page, with a door that fails on command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_door import FakeDoor, running
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from visiting import DESKTOP, LINE, SECTIONS, STATIC, Visit, chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def door() -> Iterator[FakeDoor]:
    """The door, which serves the widget and the API."""
    door = FakeDoor()
    for file in STATIC.glob("*.js"):
        door.files[f"/{file.name}"] = ("text/javascript", file.read_bytes(), {})
    with running(door):
        yield door


@pytest.fixture
def site() -> Iterator[FakeDoor]:
    """The clinic's own site: another origin."""
    site = FakeDoor()
    with running(site):
        yield site


@pytest.fixture
def context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        made.append(browser.new_context(**(DESKTOP | options)))
        made[-1].set_default_timeout(20_000)
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def visit(door: FakeDoor, site: FakeDoor, context: Callable[..., BrowserContext]) -> Iterator[Callable[..., Visit]]:
    """Opens a page of the clinic's site that holds the widget; no visit may leave an error in the console."""
    visits: list[Visit] = []

    def go(
        script: str = "",
        *,
        body: str = "",
        head: str = "",
        html: str | None = None,
        headers: dict[str, str] | None = None,
        within: BrowserContext | None = None,
        **options: Any,
    ) -> Visit:
        sections = "".join(
            f'<section id="{section["anchor"]}"><h2>{section["title"]}</h2><p>Words.</p></section>'
            for section in SECTIONS.values()
        )
        html = html or (
            f'<!doctype html><html lang="en"><head><title>Clinic</title><meta name="viewport" '
            f'content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
            f'<link rel="stylesheet" href="/page.css">{head}</head>'
            f"<body><main><h1>Clinic</h1>{body or sections}</main>{LINE}"
            f'<script src="{door.address}/widget.js" async {script}></script></body></html>'
        )
        site.files["/page.css"] = ("text/css", b"section { min-height: 400px }", {})
        site.files["/"] = site.files["/other"] = ("text/html; charset=utf-8", html.encode(), headers or {})
        page = (within or context(**options)).new_page()
        one = Visit(page, site.address)
        visits.append(one)
        page.goto(site.address + "/")
        one.launcher.wait_for(state="attached")
        return one

    yield go
    assert [error for one in visits for error in one.errors] == []
