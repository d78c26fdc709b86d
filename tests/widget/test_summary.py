"""A visitor can take along half a page: what was asked and answered, and what to ask the clinic."""

from __future__ import annotations

from collections.abc import Callable

from fake_door import FakeDoor
from playwright.sync_api import BrowserContext, Locator, expect
from visiting import Visit, box

Go = Callable[..., Visit]


def summary(one: Visit) -> Locator:
    one.menu("Summary to take along")
    found = one.page.locator("dialog .summary")
    found.wait_for()
    return found


def test_it_holds_what_was_asked_the_pages_answer_and_what_to_ask_the_clinic(visit: Go) -> None:
    one = visit().open()
    one.ask("How long is a session?")
    one.ask("I take warfarin, would that be a problem?")
    one.ask("What does it cost?")
    shown = summary(one)
    expect(shown.locator("dt")).to_have_text(["How long is a session?"])
    expect(shown.locator("dd")).to_contain_text(["over about 45 minutes"])
    questions = shown.locator("li").all_inner_texts()
    assert questions[:2] == ["I take warfarin, would that be a problem?", "What does it cost?"]
    assert "What are the risks and side effects, for me?" in questions
    for words in ("no diagnosis and no medical advice", "847-236-9310", "988", "911", "The NeuroScience Center"):
        expect(shown).to_contain_text(words)


def test_a_crisis_is_not_part_of_what_is_shown_to_others(visit: Go) -> None:
    one = visit().open()
    one.ask("i want to die")
    one.ask("How long is a session?")
    expect(summary(one)).not_to_contain_text("want to die")


def test_before_anything_was_asked_it_still_says_what_to_ask(visit: Go) -> None:
    shown = summary(visit().open())
    expect(shown).to_contain_text("Nothing yet")
    assert shown.locator("li").count() == 3


def test_it_stays_half_a_page_however_much_was_asked(visit: Go) -> None:
    one = visit().open()
    for number in range(7):
        one.ask(f"How long, {number}?")
        one.ask(f"What does it cost, {number}?")
    shown = summary(one)
    assert shown.locator("dt").all_inner_texts() == [f"How long, {number}?" for number in range(2, 7)]
    assert shown.locator("li").count() == 8


def test_it_can_be_copied(visit: Go, context: Callable[..., BrowserContext]) -> None:
    one = visit(within=context(permissions=["clipboard-read", "clipboard-write"])).open()
    one.ask("How long is a session?")
    summary(one)
    one.page.get_by_role("button", name="Copy", exact=True).click()
    expect(one.panel).to_contain_text("Done, thank you.")
    copied = one.page.evaluate("navigator.clipboard.readText()")
    assert "How long is a session?\nThe page says that over about 45 minutes" in copied
    assert "- What are the risks and side effects, for me?" in copied
    assert "no diagnosis" in copied


def test_it_is_printed_alone_on_half_a_page(visit: Go) -> None:
    one = visit().open()
    for number in range(5):
        one.ask(f"How long, {number}?")
    summary(one)
    one.page.evaluate("() => { window.print = () => window.dispatchEvent(new Event('beforeprint')) }")
    one.page.get_by_role("button", name="Print", exact=True).click()
    one.page.set_viewport_size({"width": 700, "height": 1000})
    one.page.emulate_media(media="print")
    printed = one.page.locator(".paper .summary")
    expect(printed).to_be_visible()
    expect(one.panel).not_to_be_visible()
    expect(one.page.locator("main")).not_to_be_visible()
    assert box(printed)["height"] < 800
    one.page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    expect(one.page.locator("main")).to_be_visible()
    expect(one.page.locator(".paper")).to_be_empty()


def test_back_leads_to_the_chat(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    summary(one)
    one.page.get_by_role("button", name="Back to the chat").click()
    expect(one.field).to_be_focused()
    assert door.asked("POST", "callbacks") == []
