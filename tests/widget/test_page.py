"""What the clinic's page is promised: words instead of a riddle, and nothing else of it touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fake_door import FakeDoor
from playwright.sync_api import Browser, expect
from visiting import DESKTOP, LINE, PHONE, STATIC, Visit, box, demo_page

Go = Callable[..., Visit]

SHIFT = """() => new Promise(done => new PerformanceObserver(list =>
    done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0)))
    .observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 300))"""


def test_the_launcher_says_in_words_what_it_is(visit: Go) -> None:
    expect(visit().launcher).to_have_text("Questions? Chat with us")


def test_without_the_script_the_plain_line_shows_the_numbers(browser: Browser, door: FakeDoor, site: FakeDoor) -> None:
    site.files["/"] = ("text/html", f"<!doctype html>{LINE}<script src='{door.address}/gone.js'></script>".encode(), {})
    page = browser.new_page()
    page.goto(site.address)
    for number in ("847-236-9310", "988", "911"):
        expect(page.locator("[data-clinic-chat]")).to_contain_text(number)
    expect(page.locator("[data-clinic-chat]")).to_be_visible()
    page.close()


def test_the_launcher_takes_the_lines_place_and_nothing_moves(visit: Go) -> None:
    below = f"<p>before</p>{LINE}<h2 id='after'>after</h2>"
    one = visit(body=below)
    expect(one.page.locator("[data-clinic-chat]").first).not_to_be_visible()
    before = box(one.page.locator("#after"))
    one.open()
    assert box(one.page.locator("#after")) == before
    assert one.page.evaluate(SHIFT) == 0


def test_a_page_that_nobody_chats_on_loads_the_launcher_and_nothing_else(visit: Go, door: FakeDoor) -> None:
    visit().page.wait_for_timeout(200)
    assert (door.fetched, door.requests) == (["/widget.js"], [])


def test_no_globals_no_cookies_no_third_party(visit: Go, door: FakeDoor, site: FakeDoor) -> None:
    one = visit()
    asked: list[str] = []
    one.page.on("request", lambda request: asked.append(request.url))
    one.page.reload()
    one.open().ask("How long?")
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {
        door.address.split("/")[2],
        site.address.split("/")[2],
    }
    assert one.page.context.cookies() == []
    names = "() => { const frame = document.body.appendChild(document.createElement('iframe')); const clean = "
    names += "new Set(Object.getOwnPropertyNames(frame.contentWindow)); frame.remove(); "
    names += "return Object.getOwnPropertyNames(window).filter(name => !clean.has(name)) }"
    assert [
        name for name in one.page.evaluate(names) if not name.startswith("__playwright") and not name.isdigit()
    ] == []


def test_it_works_under_a_strict_content_security_policy(visit: Go, door: FakeDoor) -> None:
    policy = (
        f"default-src 'none'; style-src 'self'; script-src {door.address}; connect-src {door.address}; "
        "img-src data:; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    one = visit(headers={"Content-Security-Policy": policy})
    one.open()
    expect(one.ask("How long?")).to_contain_text("45 minutes")
    one.page.locator("[aria-label='Helpful']").click()
    one.menu("Delete conversation")
    expect(one.panel).to_have_css("position", "fixed")


def test_it_works_with_a_nonce_only_policy(visit: Go, door: FakeDoor) -> None:
    policy = f"default-src 'none'; style-src 'self'; img-src data:; script-src 'nonce-abc'; connect-src {door.address}"
    visit('nonce="abc"', headers={"Content-Security-Policy": policy}).open()


HOSTILE = """<style>
* { all: revert !important; font-size: 40px !important; color: red !important; display: block !important }
html { font-size: 30px !important } body { transform: scale(0.5) } div { opacity: 0.1 !important; --accent: red }
button, textarea, dialog { width: 5px !important; visibility: hidden !important }
</style>"""


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_pages_styles_do_not_reach_it(visit: Go, size: dict[str, Any]) -> None:
    def looks(one: Visit) -> list[object]:
        launcher = box(one.launcher)
        one.open()
        one.page.wait_for_timeout(100)
        return [launcher] + [
            one.page.locator(part).first.evaluate(
                "e => [Object.values(e.getBoundingClientRect().toJSON()).map(Math.round), getComputedStyle(e).color, "
                "getComputedStyle(e).fontSize, getComputedStyle(e).opacity, getComputedStyle(e).visibility]"
            )
            for part in ("dialog", ".call", ".bubble", ".chips button", "#field")
        ]

    body = "<p>short</p>"
    assert looks(visit(head=HOSTILE, body=body, **size)) == looks(visit(body=body, **size))


def test_it_does_not_listen_to_or_feed_the_pages_shortcuts(visit: Go) -> None:
    one = visit(body="<p>x</p>").open()
    one.page.evaluate("() => document.addEventListener('keydown', event => document.title += event.key)")
    one.field.fill("")
    one.page.keyboard.type("abc")
    assert one.page.title() == "Clinic"


def test_options_position_colour_greeting(visit: Go) -> None:
    one = visit('data-position="left" data-color="#ffe08a" data-greeting="Welcome to our page."')
    assert box(one.launcher)["x"] < 100
    expect(one.launcher).to_have_css("background-color", "rgb(255, 224, 138)")
    expect(one.launcher).to_have_css("color", "rgb(0, 0, 0)")
    one.open()
    assert box(one.panel)["x"] < 100
    expect(one.page.locator("ol > li").first).to_have_text("Welcome to our page.")


def test_options_sections_name_the_pages_own_ids(visit: Go) -> None:
    one = visit('data-sections="how-treatments-work=infusion, brain=x"', body="<h2 id='infusion'>Ours</h2>").open()
    one.ask("How long?").get_by_role("link", name="From the section").click()
    assert one.page.evaluate("() => document.activeElement.id") == "infusion"


def test_options_server_is_where_the_api_is(visit: Go, door: FakeDoor, site: FakeDoor) -> None:
    visit(f'data-server="{site.address}/"').open()
    assert site.asked("POST", "sessions")
    assert not door.requests


@pytest.mark.parametrize(("html_lang", "option"), [("es-MX", ""), ("en", 'data-language="es"')])
def test_the_interface_is_spanish_where_the_page_or_the_clinic_says_so(
    visit: Go, door: FakeDoor, html_lang: str, option: str
) -> None:
    script = f"<script src='{door.address}/widget.js' async {option}></script>"
    html = f"<!doctype html><html lang={html_lang}><title>x</title>{script}"
    one = visit(html=html)
    expect(one.launcher).to_have_text("¿Preguntas? Escríbanos")
    one.open()
    expect(one.page.locator(".note").first).to_contain_text("programa automático")
    expect(one.page.locator(".crisis")).to_contain_text("¿En crisis?")
    assert one.page.locator(".crisis a").nth(1).get_attribute("href") == "sms:988?&body=AYUDA"
    expect(one.page.get_by_role("link", name="Llame 847-236-9310")).to_be_visible()
    expect(one.replies.first.locator("p").first).to_have_attribute("lang", "en")


def test_when_the_panel_cannot_be_fetched_the_launcher_shows_the_numbers_and_tries_again(
    visit: Go, door: FakeDoor
) -> None:
    one = visit()
    panel = door.files.pop("/widget-panel.js")
    one.launcher.click()
    tell = one.page.get_by_role("alert")
    expect(tell).to_be_visible()
    hrefs = [link.get_attribute("href") for link in tell.get_by_role("link").all()]
    assert hrefs == ["tel:+18472369310", "tel:988", "tel:911"]
    door.files["/widget-panel.js"] = panel
    one.open()
    expect(tell).not_to_be_visible()
    one.errors.clear()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_demonstration_page_has_every_section_and_a_working_chat(
    visit: Go, door: FakeDoor, site: FakeDoor, size: dict[str, Any]
) -> None:
    site.files["/demo.css"] = ("text/css", (STATIC / "demo.css").read_bytes(), {})
    one = visit(html=demo_page().replace("/widget.js", f"{door.address}/widget.js"), **size)
    for anchor in one.page.locator("nav a").all():
        assert one.page.locator(anchor.get_attribute("href") or "").locator("p").first.inner_text()
    assert one.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    one.open()
    expect(one.ask("How long?")).to_contain_text("45 minutes")
