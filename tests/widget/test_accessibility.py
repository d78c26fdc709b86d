"""WCAG 2.2 AA: by keyboard, by ear, enlarged, in forced colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fake_door import FakeDoor, dropped, slow, status
from playwright.sync_api import expect
from visiting import DESKTOP, PHONE, Visit, box

Go = Callable[..., Visit]

ACTIVE = "() => { const inner = document.activeElement.shadowRoot?.activeElement; return inner ? "
ACTIVE += "inner.id || inner.className || inner.localName : 'page: ' + document.activeElement.localName }"


def failing(one: Visit, door: FakeDoor) -> None:
    door.broken = dropped
    one.say("Hello?")
    one.trouble.wait_for()


def rated(one: Visit, _door: FakeDoor) -> None:
    one.ask("both").page.get_by_role("button", name="Helpful", exact=True).first.click()
    one.page.locator(".feedback", has_text="thank you").wait_for()


def deleted(one: Visit, _door: FakeDoor) -> None:
    one.menu("Delete conversation")
    one.page.get_by_role("button", name="Yes", exact=True).click()
    one.page.get_by_text("has ended").first.wait_for()


def unanswered(one: Visit, door: FakeDoor) -> None:
    door.next("POST messages", slow(1.5))
    one.say("How long?")


STATES: dict[str, Callable[[Visit, FakeDoor], Any]] = {
    "greeting": lambda one, door: None,
    "answers": rated,
    "crisis": lambda one, door: one.ask("i want to die"),
    "emergency": lambda one, door: one.ask("i can't breathe"),
    "menu": lambda one, door: one.page.get_by_role("button", name="Menu").click(),
    "question": lambda one, door: one.menu("Delete conversation"),
    "trouble": failing,
    "ended": deleted,
    "waiting": unanswered,
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_in_any_state(visit: Go, door: FakeDoor, size: dict[str, Any], scheme: str) -> None:
    found = {}
    for name, reach in STATES.items():
        one = visit(color_scheme=scheme, **size).open()
        door.broken = None
        reach(one, door)
        one.page.wait_for_timeout(50)
        result = Axe().run(one.page)
        if result.violations_count:
            found[name] = result.generate_report()
        assert result.response["passes"]
        door.broken = None
        one.page.close()
    assert found == {}


@pytest.mark.parametrize("colour", ["#ffe08a", "#7a1fa2", "#000000", "#3b82f6"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_another_colour_in_spanish_or_closed(visit: Go, colour: str, scheme: str) -> None:
    one = visit(f'data-color="{colour}" data-language="es"', color_scheme=scheme)
    assert Axe().run(one.page).violations_count == 0
    one.open().ask("both")
    result = Axe().run(one.page)
    assert result.violations_count == 0, result.generate_report()


def test_axe_finds_nothing_where_the_panel_could_not_be_fetched(visit: Go, door: FakeDoor) -> None:
    one = visit()
    del door.files["/widget-panel.js"]
    one.launcher.click()
    one.page.get_by_role("alert").wait_for()
    result = Axe().run(one.page)
    assert result.violations_count == 0, result.generate_report()


def test_it_can_be_used_with_the_keyboard_alone(visit: Go, door: FakeDoor) -> None:
    one = visit(body="<p>x</p>")
    for _ in range(2):
        one.page.keyboard.press("Tab")
        if one.page.evaluate(ACTIVE) == "launcher":
            break
    one.page.keyboard.press("Enter")
    one.chips.first.wait_for()
    assert one.page.evaluate(ACTIVE) == "field"
    one.page.keyboard.type("How long?")
    one.page.keyboard.press("Enter")
    expect(one.replies).to_have_count(2)
    assert one.page.evaluate(ACTIVE) == "field"
    one.page.keyboard.press("Shift+Tab")
    assert one.page.evaluate(ACTIVE) == "pill"
    one.page.keyboard.press("Enter")
    expect(one.mine).to_have_count(2)
    assert one.page.evaluate(ACTIVE) == "field"
    one.page.keyboard.press("Escape")
    expect(one.panel).not_to_be_visible()
    assert one.page.evaluate(ACTIVE) == "launcher"


def test_the_menu_and_its_questions_give_the_focus_back(visit: Go) -> None:
    one = visit().open()
    one.page.get_by_role("button", name="Menu").focus()
    one.page.keyboard.press("Enter")
    expect(one.page.locator("#menu").get_by_role("button").first).to_be_focused()
    one.page.keyboard.press("Escape")
    expect(one.page.get_by_role("button", name="Menu")).to_be_focused()
    expect(one.page.get_by_role("button", name="Menu")).to_have_attribute("aria-expanded", "false")
    one.menu("Delete conversation")
    expect(one.page.get_by_role("button", name="No", exact=True)).to_be_focused()
    one.page.keyboard.press("Escape")
    expect(one.field).to_be_focused()
    expect(one.panel).to_be_visible()


def test_full_screen_the_focus_stays_inside_and_the_page_is_out_of_reach(visit: Go) -> None:
    one = visit(body="<a id='behind' href='#x'>behind</a>", **PHONE).open()
    expect(one.page.get_by_role("dialog", name="The NeuroScience Center")).to_be_visible()
    assert one.panel.evaluate("dialog => dialog.matches(':modal')")
    seen = set()
    for _ in range(25):
        one.page.keyboard.press("Tab")
        seen.add(one.page.evaluate(ACTIVE))
    assert {"field", "pill", "more"} <= {part.split()[-1] for part in seen}
    assert {part for part in seen if part.startswith("page:")} <= {"page: body"}
    assert (
        one.page.evaluate("() => { document.getElementById('behind').focus(); return document.activeElement.id }") == ""
    )


def test_docked_the_page_stays_in_reach(visit: Go) -> None:
    one = visit(body="<a id='behind' href='#x'>behind</a>").open()
    assert not one.panel.evaluate("dialog => dialog.matches(':modal')")
    one.page.locator("#behind").click()
    expect(one.panel).to_be_visible()


def test_turning_the_phone_keeps_the_conversation_open(visit: Go) -> None:
    one = visit(**PHONE).open()
    one.page.set_viewport_size({"width": 1024, "height": 768})
    expect(one.panel).to_be_visible()
    one.page.wait_for_timeout(100)
    assert not one.panel.evaluate("dialog => dialog.matches(':modal')")


HEAR = """() => {
    const live = document.querySelector('div[lang]').shadowRoot.querySelector('[aria-live]');
    globalThis.heard = [];
    new MutationObserver(() => live.textContent && heard.push(live.textContent)).observe(live, {childList: true});
    return live.getAttribute('aria-live');
}"""


def test_new_replies_are_announced_politely_and_once_and_history_never(visit: Go) -> None:
    one = visit().open()
    assert one.page.evaluate(HEAR) == "polite"
    one.ask("both")
    heard = one.page.evaluate("heard")
    assert len(heard) == 1
    assert heard[0].count("45 minutes") == 1
    assert heard[0].count("what it costs") == 1
    live = one.panel.locator("[aria-live]:not([aria-live=off]), [role=log], [role=status]")
    expect(live).to_have_count(1)
    one.page.reload()
    one.page.wait_for_function("() => document.querySelector('div[lang]').shadowRoot.querySelector('[aria-live]')")
    one.page.evaluate(HEAR)
    expect(one.mine).to_have_count(1)
    one.page.wait_for_timeout(200)
    assert one.page.evaluate("heard") == []


def test_trouble_is_announced_once(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    one.page.evaluate(HEAR)
    door.next("POST messages", status(429, Retry_After="3"))
    one.say("How long?")
    expect(one.replies).to_have_count(2)
    heard = one.page.evaluate("heard")
    assert [text for text in heard if "by itself" in text] == ["A lot at once. It goes on by itself in 3 s."]


@pytest.mark.parametrize(
    "size", [PHONE, DESKTOP, {"viewport": {"width": 320, "height": 256}}], ids=["phone", "desktop", "zoom"]
)
def test_every_control_has_a_name_and_room_for_a_finger(visit: Go, size: dict[str, Any]) -> None:
    one = visit(**size).open()
    rated(one, FakeDoor())
    one.ask("i want to die")
    controls = one.panel.locator(
        "button:visible, textarea:visible, .pill:visible, .crisis a:visible, .source a:visible"
    )
    assert controls.count() > 15
    for control in controls.all():
        place = box(control)
        assert min(place["width"], place["height"]) >= 24, control.evaluate("e => e.outerHTML")
        assert control.evaluate("e => (e.getAttribute('aria-label') || e.textContent).trim()")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("height", [256, 568], ids=["zoom", "phone"])
def test_at_320_pixels_and_400_percent_nothing_is_cut_off(visit: Go, height: int, language: str) -> None:
    one = visit(f'data-language="{language}"', viewport={"width": 320, "height": height}).open()
    one.ask("both")
    one.ask("i want to die")
    wide = "e => [...e.querySelectorAll('*')].filter(part => part.getBoundingClientRect().right > innerWidth + 0.5 "
    wide += "&& !part.closest('.unseen')).map(part => part.outerHTML)"
    assert one.panel.evaluate(wide) == []
    assert one.page.evaluate("() => document.documentElement.scrollWidth") <= 320
    for _ in range(40):
        one.page.keyboard.press("Tab")
        inside = "() => { const e = document.activeElement.shadowRoot?.activeElement; if (!e) return true; const r = "
        inside += "e.getBoundingClientRect(); const x = r.left + r.width / 2, y = r.top + Math.min(r.height / 2, 20); "
        inside += "const at = e.getRootNode().elementFromPoint(x, y); "
        inside += "return e.contains(at) || at?.contains(e) || e.outerHTML }"
        assert one.page.evaluate(inside) is True


def test_in_forced_colours_controls_keep_their_outlines(visit: Go) -> None:
    one = visit(forced_colors="active").open()
    one.ask("i want to die")
    for part in (".call", ".exit", "#more", ".bubble", ".mine", ".card", ".card .pill", "#field"):
        style = one.page.locator(part).first.evaluate(
            "e => [getComputedStyle(e).borderTopStyle, getComputedStyle(e).borderTopColor]"
        )
        assert style[0] == "solid"
        assert "rgba(0, 0, 0, 0)" not in style[1]


def test_nothing_moves_for_those_who_asked_for_less_motion(visit: Go, door: FakeDoor) -> None:
    one = visit(reduced_motion="reduce").open()
    door.next("POST messages", slow(1.5))
    one.say("How long?")
    one.page.locator(".typing").wait_for()
    count = "() => document.getAnimations({subtree: true}).length + "
    count += "document.querySelector('div[lang]').shadowRoot.getAnimations().length"
    assert one.page.evaluate(count) == 0
