"""What a visitor is promised in the panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fake_door import FakeDoor, answers, slow, status
from playwright.sync_api import expect
from visiting import DESKTOP, PHONE, Visit, box

Go = Callable[..., Visit]

SMALL = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}
ZOOMED = {"viewport": {"width": 320, "height": 256}}
SIZES = pytest.mark.parametrize(
    "size",
    [SMALL, PHONE, {"viewport": {"width": 768, "height": 1024}}, DESKTOP, ZOOMED],
    ids=["320", "390", "768", "1280", "zoom"],
)


@SIZES
def test_the_call_button_and_the_crisis_line_are_always_in_view(visit: Go, size: dict[str, Any]) -> None:
    one = visit(**size).open()
    for _ in range(4):
        one.ask("How long?")
    one.page.locator(".log").evaluate("log => log.scrollTop = 1e6")
    header = one.page.locator("header")
    for href in ("tel:+18472369310", "tel:988", "sms:988", "tel:911"):
        expect(header.locator(f"a[href='{href}']")).to_be_in_viewport(ratio=1)
    for button in ("Quick exit", "Menu", "Close chat"):
        expect(one.page.get_by_role("button", name=button, exact=True)).to_be_in_viewport(ratio=1)
    expect(one.field).to_be_in_viewport(ratio=1)
    expect(header.get_by_role("link", name="Call 847-236-9310")).to_be_visible()
    expect(one.panel.get_by_role("heading", name="The NeuroScience Center")).to_have_count(1)


def test_the_panel_fills_a_phone_and_is_docked_on_a_desktop(visit: Go) -> None:
    def opened(one: Visit) -> Any:
        one.open().page.wait_for_timeout(100)
        return box(one.panel)

    assert opened(visit(**PHONE)) == {"x": 0, "y": 0, "width": 390, "height": 844}
    docked = opened(visit())
    assert docked["width"] < 450
    assert docked["x"] + docked["width"] < 1280


def test_the_disclosure_comes_before_the_first_message(visit: Go) -> None:
    one = visit().open()
    expect(one.replies).to_have_count(1)
    expect(one.replies.first).to_contain_text("automated program, not a person or a clinician")
    expect(one.mine).to_have_count(0)


def test_a_tapped_topic_is_asked_in_its_own_words_and_new_topics_follow(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    one.chips.filter(has_text="How long is a session?").click()
    expect(one.mine).to_have_text(["You: How long is a session?"])
    expect(one.chips.first).to_have_text("How is it given?")
    assert door.stored() == ["How long is a session?"]


def test_each_part_of_an_answer_is_a_bubble_in_the_order_asked(visit: Go) -> None:
    one = visit().open()
    one.ask("both please")
    expect(one.replies.nth(1)).to_contain_text("45 minutes")
    expect(one.replies.nth(2)).to_contain_text("does not say what it costs")
    expect(one.replies.nth(2).get_by_role("link", name="Call the clinic")).to_have_attribute("href", "tel:+18472369310")


def test_line_breaks_are_kept_and_enter_sends_while_shift_enter_does_not(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    one.field.press_sequentially("one")
    one.field.press("Shift+Enter")
    one.field.press_sequentially("two")
    one.field.press("Enter")
    expect(one.mine).to_have_count(1)
    expect(one.replies).to_have_count(2)
    assert door.stored() == ["one\ntwo"]
    assert box(one.mine)["height"] > 60


def test_an_empty_message_is_not_sent(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    one.field.fill("  \n ")
    one.page.get_by_role("button", name="Send").click()
    expect(one.mine).to_have_count(0)
    assert door.asked("POST", "messages") == []


def test_a_typing_sign_shows_while_an_answer_is_made(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    door.next("POST messages", slow(1))
    one.say("How long?")
    expect(one.page.locator(".typing")).to_be_visible()
    expect(one.replies).to_have_count(2)
    expect(one.page.locator(".typing")).to_have_count(0)


def test_the_source_scrolls_the_page_to_its_section(visit: Go) -> None:
    one = visit().open()
    one.ask("How long?").get_by_role("link", name="From the section “How do treatments work?”").click()
    expect(one.page.locator("#how-treatments-work h2")).to_be_in_viewport()
    expect(one.panel).to_be_visible()


def test_on_a_phone_the_panel_makes_room_for_the_section(visit: Go) -> None:
    one = visit(**PHONE).open()
    one.ask("How long?").get_by_role("link", name="From the section").tap()
    expect(one.panel).not_to_be_visible()
    expect(one.page.locator("#how-treatments-work h2")).to_be_in_viewport()
    expect(one.launcher).to_have_text("Continue chat")


def test_a_source_that_is_not_on_this_page_is_words_or_a_link_to_its_page(visit: Go) -> None:
    one = visit(body="<p>Another page.</p>").open()
    reply = one.ask("How long?")
    expect(reply).to_contain_text("From the section “How do treatments work?”")
    expect(reply.get_by_role("link", name="From the section")).to_have_count(0)
    link = one.ask("elsewhere").get_by_role("link", name="From the section")
    expect(link).to_have_attribute("href", "https://clinic.example/other#there")


@pytest.mark.parametrize("size", [SMALL, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_in_a_crisis_large_buttons_come_first(visit: Go, size: dict[str, Any]) -> None:
    one = visit(**size).open()
    card = one.ask("i want to die")
    buttons = card.locator(".links a")
    hrefs = [button.get_attribute("href") for button in buttons.all()]
    assert hrefs == ["tel:988", "sms:988", "https://988lifeline.org/chat", "tel:911", "tel:+18472369310"]
    for button in buttons.all():
        assert box(button)["height"] >= 44
    for button in buttons.all()[:2]:
        expect(button).to_be_in_viewport(ratio=1)
    expect(card).to_contain_text("no one is reading this chat right now")
    expect(one.chips).to_have_count(0)


def test_in_an_emergency_911_comes_first(visit: Go) -> None:
    card = visit().open().ask("i can't breathe")
    expect(card.locator(".links a").first).to_have_attribute("href", "tel:911")
    expect(card).to_have_class("card")


def test_a_number_in_an_answer_can_be_tapped(visit: Go) -> None:
    link = visit().open().ask("How long?").get_by_role("link", name="847-236-9310")
    expect(link).to_have_attribute("href", "tel:+18472369310")


def test_what_the_server_says_is_text_and_leads_only_to_safe_addresses(visit: Go) -> None:
    one = visit().open()
    reply = one.ask("<b>")
    expect(reply).to_contain_text("<b>bold</b><img src=x onerror=alert(1)>")
    expect(reply).to_contain_text("<i>x</i>")
    expect(reply.locator("b, i, img, a")).to_have_count(0)


def test_thumbs_tell_the_clinic_and_take_a_comment(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    reply = one.ask("How long?")
    reply.get_by_role("button", name="Not helpful").click()
    expect(reply).to_contain_text("thank you")
    expect(reply.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    reply.get_by_role("textbox").fill("Too short")
    reply.get_by_role("button", name="Send").click()
    expect(reply.get_by_role("textbox")).to_have_count(0)
    which = reply.get_attribute("data-reply")
    assert door.feedback == [
        {"reply": which, "helpful": False},
        {"reply": which, "helpful": False, "comment": "Too short"},
    ]
    expect(one.replies.first.get_by_role("button")).to_have_count(0)


def test_danger_in_a_comment_gets_the_card(visit: Go) -> None:
    one = visit().open()
    reply = one.ask("How long?")
    reply.get_by_role("button", name="Helpful", exact=True).click()
    reply.get_by_role("textbox").fill("i want to die")
    reply.get_by_role("button", name="Send").click()
    expect(one.page.locator(".card")).to_contain_text("You don't have to go through it alone")


def test_feedback_that_could_not_be_saved_is_not_thanked_for(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    reply = one.ask("How long?")
    door.next("POST feedback", status(500))
    reply.get_by_role("button", name="Helpful", exact=True).click()
    expect(reply).to_contain_text("did not work")


def test_the_conversation_can_be_copied(visit: Go, context: Callable[..., Any]) -> None:
    one = visit(permissions=["clipboard-read", "clipboard-write"]).open()
    one.ask("How long?")
    one.menu("Copy conversation")
    expect(one.trouble).to_have_text("Done, thank you.")
    text = one.page.evaluate("() => navigator.clipboard.readText()")
    assert "You:\nHow long?" in text
    assert "45 minutes" in text
    assert "847-236-9310" in text


def test_the_conversation_and_nothing_else_is_printed(visit: Go) -> None:
    one = visit().open()
    one.ask("How long?")
    one.page.evaluate("() => { window.print = () => {} }")
    one.menu("Print conversation")
    one.page.emulate_media(media="print")
    expect(one.page.locator(".paper")).to_contain_text("How long?")
    expect(one.page.locator(".paper")).to_be_visible()
    expect(one.page.locator("h1")).not_to_be_visible()
    expect(one.panel).not_to_be_visible()
    one.page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    one.page.emulate_media(media="screen")
    expect(one.page.locator("h1")).to_be_visible()


def test_a_new_conversation_leaves_the_old_one_with_the_clinic(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    one.ask("How long?")
    one.menu("New conversation")
    one.page.get_by_role("button", name="No", exact=True).click()
    expect(one.mine).to_have_count(1)
    one.menu("New conversation")
    one.page.get_by_role("button", name="Yes", exact=True).click()
    expect(one.mine).to_have_count(0)
    expect(one.replies.first).to_contain_text("automated program")
    assert len(door.sessions) == 2
    assert door.stored() == ["How long?"]


def test_an_answer_to_the_old_conversation_never_shows_in_the_new_one(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    door.next("POST messages", slow(1.5))
    one.say("How long?")
    one.menu("New conversation")
    one.page.get_by_role("button", name="Yes", exact=True).click()
    one.page.wait_for_timeout(2500)
    expect(one.mine).to_have_count(0)
    expect(one.replies).to_have_count(1)
    expect(one.chips.first).to_be_visible()


def test_a_deleted_conversation_is_gone_here_and_at_the_clinic(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    one.ask("How long?")
    one.menu("Delete conversation")
    assert len(door.sessions) == 1
    one.page.get_by_role("button", name="Yes", exact=True).click()
    expect(one.panel).to_contain_text("This conversation has ended and is gone from here.")
    expect(one.mine).to_have_count(0)
    assert door.sessions == {}
    assert one.page.evaluate("() => localStorage.length") == 0
    one.page.get_by_role("button", name="New conversation").last.click()
    expect(one.chips.first).to_be_visible()


def test_a_conversation_that_could_not_be_deleted_says_so(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    one.ask("How long?")
    door.next("DELETE session", status(500))
    one.menu("Delete conversation")
    one.page.get_by_role("button", name="Yes", exact=True).click()
    expect(one.trouble).to_contain_text("did not work")
    expect(one.mine).to_have_count(1)


def test_quick_exit_leaves_at_once_without_a_trace(visit: Go, site: FakeDoor) -> None:
    one = visit(f'data-exit="{site.address}/elsewhere"')
    site.files["/elsewhere"] = ("text/html", b"<!doctype html><title>Elsewhere</title>", {})
    one.open().ask("i am afraid at home")
    one.page.get_by_role("button", name="Quick exit").click()
    one.page.wait_for_url("**/elsewhere")
    assert one.page.evaluate("() => [localStorage.length, sessionStorage.length]") == [0, 0]
    one.page.go_back()
    assert one.page.url == "about:blank"


def test_a_crisis_in_spanish_is_read_out_in_spanish(visit: Go, door: FakeDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    card = answers("die")[0] | {"text": "Me alegra que lo haya escrito. No está solo."}
    monkeypatch.setattr("fake_door.answers", lambda _text: [card])
    expect(visit().open().ask("me quiero morir").locator("p").first).to_have_attribute("lang", "es")
