"""A visitor can ask to be called; the request is not lost, not doubled, and never stands before the crisis lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fake_door import FakeDoor, dropped, lost_answer, mistaken, not_kept, slow, status
from playwright.sync_api import BrowserContext, Locator, expect
from visiting import DESKTOP, PHONE, ROOT, Visit, box

Go = Callable[..., Visit]

QUESTION = "I take warfarin, would that be a problem?"
NUMBER = "(312) 555-0188"


class Form:
    """The form, opened from a reply (or with ``by_menu`` from the menu)."""

    def __init__(self, one: Visit, *, by_menu: bool = False) -> None:
        self.one = one
        if by_menu:
            one.menu("Ask for a call back")
        else:
            one.ask(QUESTION).get_by_role("button", name="Ask for a call back").click()
        self.name.wait_for()

    def field(self, label: str) -> Locator:
        return self.one.panel.get_by_label(label)

    @property
    def name(self) -> Locator:
        return self.field("First name")

    @property
    def phone(self) -> Locator:
        return self.field("Phone number")

    @property
    def topic(self) -> Locator:
        return self.field("What is it about?")

    @property
    def consent(self) -> Locator:
        return self.field("may keep this")

    @property
    def heading(self) -> Locator:
        return self.one.page.locator("#page")

    def fill(self, phone: str = NUMBER) -> Form:
        self.name.fill("Ann")
        self.phone.fill(phone)
        self.consent.check()
        return self

    def send(self) -> Form:
        self.one.page.get_by_role("button", name="Send to the clinic").click()
        return self

    def arrives(self) -> None:
        expect(self.heading).to_have_text("The clinic has your request.", timeout=15000)


def requests(door: FakeDoor) -> list[dict[str, Any]]:
    return list(door.call_backs.values())


def kept_in_browser(one: Visit) -> str:
    return str(one.page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])"))


# --- where it is offered ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", [QUESTION, "What does it cost?", "can someone call me"])
def test_personal_and_not_on_page_replies_offer_it_beside_the_number(visit: Go, text: str) -> None:
    reply = visit().open().ask(text)
    expect(reply.get_by_role("link", name="Call the clinic")).to_have_attribute("href", "tel:+18472369310")
    expect(reply.get_by_role("button", name="Ask for a call back")).to_be_visible()


def test_an_answer_of_the_page_does_not(visit: Go) -> None:
    reply = visit().open().ask("How long?")
    expect(reply.get_by_role("button", name="Ask for a call back")).to_have_count(0)


def test_after_a_crisis_no_reply_offers_it_and_the_menu_still_has_it_under_the_lines(visit: Go) -> None:
    one = visit().open()
    one.ask(QUESTION)
    one.ask("i want to die")
    one.ask("What does it cost?")
    expect(one.panel.locator("ol").get_by_role("button", name="Ask for a call back")).to_have_count(0)
    form = Form(one, by_menu=True)
    for href in ("tel:988", "sms:988", "tel:911"):
        expect(one.page.locator(f"header a[href='{href}']")).to_be_in_viewport(ratio=1)
    expect(one.panel.get_by_text("This is not for emergencies")).to_be_in_viewport()
    expect(form.topic).to_have_value("What does it cost?")


def test_a_page_without_it_fetches_nothing_for_it(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    one.ask(QUESTION)
    assert not [path for path in door.fetched if "handoff" in path]
    one.page.get_by_role("button", name="Ask for a call back").click()
    expect(one.panel.get_by_label("First name")).to_be_visible()
    assert len([path for path in door.fetched if "handoff" in path]) == 1


def test_when_it_cannot_be_fetched_the_number_is_said_and_the_next_try_works(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    reply = one.ask(QUESTION)
    chunk = door.files.pop("/widget-handoff.js")
    reply.get_by_role("button", name="Ask for a call back").click()
    expect(one.trouble).to_contain_text("or call 847-236-9310")
    door.files["/widget-handoff.js"] = chunk
    reply.get_by_role("button", name="Ask for a call back").click()
    expect(one.panel.get_by_label("First name")).to_be_visible()


def test_on_a_desktop_the_number_is_large_and_can_be_copied(visit: Go, context: Callable[..., BrowserContext]) -> None:
    both = context(permissions=["clipboard-read", "clipboard-write"])
    one = visit(within=both).open()
    number = one.ask(QUESTION).locator(".number")
    expect(number).to_be_visible()
    assert float(str(number.evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))) >= 20
    number.get_by_role("button", name="Copy").click()
    expect(one.trouble).to_have_text("Done, thank you.")
    assert one.page.evaluate("navigator.clipboard.readText()") == "847-236-9310"


def test_on_a_phone_the_number_is_tapped(visit: Go) -> None:
    reply = visit(**PHONE).open().ask(QUESTION)
    expect(reply.locator(".number")).not_to_be_visible()
    assert box(reply.get_by_role("link", name="Call the clinic"))["height"] >= 44


# --- sending it -------------------------------------------------------------------------------------


def test_the_clinic_gets_what_was_entered_and_the_topic_is_filled_in(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open()).fill()
    expect(form.topic).to_have_value(QUESTION)
    form.field("Morning").check()
    form.field("You may leave a message").check()
    form.send().arrives()
    (request,) = requests(door)
    del request["id"]
    assert request == {
        "name": "Ann",
        "phone": NUMBER,
        "topic": QUESTION,
        "best_time": "morning",
        "leave_message": True,
        "consent": True,
        "language": "en",
    }
    expect(form.one.panel).to_contain_text(f"Someone will call you at {NUMBER}.")


def test_nothing_of_it_stays_in_the_browser_or_the_conversation(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open()).fill()
    form.send().arrives()
    assert "Ann" not in kept_in_browser(form.one)
    form.one.page.get_by_role("button", name="Back to the chat").click()
    expect(form.one.panel.locator("ol")).not_to_contain_text("Ann")
    assert door.stored() == [QUESTION]


def test_hidden_data_does_not_come_into_the_topic(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    one.ask("call me at [phone] about warfarin").get_by_role("button", name="Ask for a call back").click()
    expect(one.panel.get_by_label("What is it about?")).to_have_value("call me at about warfarin")


def test_going_back_to_the_chat_keeps_what_was_typed(visit: Go) -> None:
    form = Form(visit().open())
    form.name.fill("Ann")
    form.one.page.keyboard.press("Escape")
    expect(form.one.field).to_be_focused()
    Form(form.one, by_menu=True)
    expect(form.name).to_have_value("Ann")


# --- mistakes ---------------------------------------------------------------------------------------


def test_empty_fields_are_named_each_at_its_place_before_anything_is_sent(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open()).send()
    expect(form.name).to_be_focused()
    for field, words in (
        (form.name, "Please tell us a first name"),
        (form.phone, "Please enter the number"),
        (form.consent, "Please tick the box"),
    ):
        expect(field).to_have_attribute("aria-invalid", "true")
        described = (field.get_attribute("aria-describedby") or "").split()[-1]
        expect(form.one.page.locator(f"#{described}")).to_contain_text(words)
    assert door.asked("POST", "callbacks") == []
    form.fill().send().arrives()


def test_what_the_door_finds_wrong_is_said_at_the_field_and_can_be_mended(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open())
    door.next("POST callbacks", mistaken(("phone", "The area code is missing.")))
    form.fill("555-0188").send()
    expect(form.phone).to_be_focused()
    expect(form.phone).to_have_attribute("aria-invalid", "true")
    expect(form.phone).to_have_value("555-0188")
    expect(form.one.panel).to_contain_text("The area code is missing.")
    assert "555-0188" not in kept_in_browser(form.one)
    form.phone.fill(NUMBER)
    form.send().arrives()
    assert [request["phone"] for request in requests(door)] == [NUMBER]


# --- danger -----------------------------------------------------------------------------------------


def test_a_card_is_shown_first_and_the_request_is_kept_beside_it(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open()).fill()
    form.topic.fill("i want to die")
    form.send()
    expect(form.one.page.locator(".card")).to_be_in_viewport()
    expect(form.one.page.locator(".card a[href='tel:988']")).to_be_visible()
    expect(form.one.trouble).to_have_text("The clinic has your request.")
    assert len(requests(door)) == 1


def test_a_card_is_shown_with_mistakes_too_and_the_form_waits(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open()).fill("1")
    door.next("POST callbacks", mistaken(("phone", "A digit is missing."), card=True))
    form.send()
    expect(form.one.page.locator(".card a[href='tel:988']")).to_be_visible()
    expect(form.one.trouble).to_contain_text("not sent yet")
    Form(form.one, by_menu=True)
    expect(form.phone).to_have_value("1")


def test_a_request_that_got_a_card_but_is_not_kept_is_sent_again(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open()).fill()
    door.next("POST callbacks", not_kept)
    form.send()
    form.arrives()
    sent = door.asked("POST", "callbacks")
    assert len(sent) == 2
    assert sent[0] == sent[1]
    form.one.page.get_by_role("button", name="Back to the chat").click()
    expect(form.one.page.locator(".card").first).to_be_visible()


# --- a lost connection ------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [lost_answer, dropped, status(500), status(503)], ids=["lost", "cut", "500", "503"])
def test_a_request_whose_answer_is_lost_is_repeated_under_the_same_id(visit: Go, door: FakeDoor, failure: Any) -> None:
    form = Form(visit().open()).fill()
    door.next("POST callbacks", failure, failure)
    form.send()
    expect(form.heading).to_have_text("Your request is on its way")
    form.arrives()
    assert len(requests(door)) == 1
    assert len(door.asked("POST", "callbacks")) == 3
    assert len({body["id"] for body in door.asked("POST", "callbacks")}) == 1


def test_offline_it_is_kept_said_and_sent_when_the_network_is_back(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open()).fill()
    form.one.page.context.set_offline(True)
    form.send()
    expect(form.one.panel).to_contain_text("It is kept on this device and goes out when the connection is back.")
    expect(form.one.panel.locator(".page a[href='tel:+18472369310']")).to_be_visible()
    assert requests(door) == []
    form.one.page.context.set_offline(False)
    form.arrives()
    assert len(requests(door)) == 1


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_it_survives_a_reload_even_where_the_chat_stays_closed(visit: Go, door: FakeDoor, size: dict[str, Any]) -> None:
    form = Form(visit(**size).open()).fill()
    door.next("POST callbacks", dropped, dropped)
    form.send()
    expect(form.one.panel).to_contain_text("not sent yet")
    form.one.page.goto(form.one.address + "/other")
    form.one.page.wait_for_function("() => !localStorage.getItem('clinic-chat-call')", timeout=15000)
    assert [request["name"] for request in requests(door)] == ["Ann"]
    assert len({body["id"] for body in door.asked("POST", "callbacks")}) == 1


def test_it_goes_to_a_new_conversation_when_the_old_one_timed_out(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open()).fill()
    door.sessions.clear()
    form.send().arrives()
    assert len(requests(door)) == 1
    assert len(door.sessions) == 1


def test_a_new_conversation_does_not_lose_it(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open()).fill()
    door.next("POST callbacks", status(503))
    form.send()
    expect(form.one.panel).to_contain_text("not sent yet")
    form.one.page.get_by_role("button", name="Back to the chat").click()
    form.one.menu("New conversation")
    form.one.page.get_by_role("button", name="Yes", exact=True).click()
    expect(form.one.trouble).to_have_text("The clinic has your request.", timeout=15000)
    assert len(requests(door)) == 1


@pytest.mark.parametrize("way", ["delete", "quick exit"])
def test_who_deletes_the_conversation_or_leaves_takes_it_back(visit: Go, door: FakeDoor, way: str) -> None:
    form = Form(visit('data-exit="https://elsewhere.example/"').open()).fill()
    one = form.one
    one.page.route("https://elsewhere.example/", lambda route: route.fulfill(body="elsewhere"))
    door.next("POST callbacks", dropped, dropped, dropped)
    form.send()
    expect(one.panel).to_contain_text("not sent yet")
    if way == "delete":
        one.page.get_by_role("button", name="Back to the chat").click()
        one.menu("Delete conversation")
        one.page.get_by_role("button", name="Yes", exact=True).click()
        expect(one.panel).to_contain_text("This conversation has ended")
    else:
        one.page.get_by_role("button", name="Quick exit").click()
        one.page.wait_for_url("https://elsewhere.example/")
        one.page.goto(one.address + "/")
    assert "Ann" not in kept_in_browser(one)
    one.page.wait_for_timeout(3500)
    assert requests(door) == []


def test_what_has_not_arrived_can_be_changed(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open()).fill()
    door.next("POST callbacks", status(503))
    form.send()
    form.one.page.get_by_role("button", name="Change it").click()
    form.phone.fill("312-555-0111")
    form.send().arrives()
    assert [request["phone"] for request in requests(door)] == ["312-555-0111"]


def test_tapping_twice_is_one_request(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open()).fill()
    door.next("POST callbacks", slow(1))
    form.one.page.get_by_role("button", name="Send to the clinic").dblclick()
    form.arrives()
    assert len(door.asked("POST", "callbacks")) == 1


def test_it_works_where_the_browser_keeps_nothing(visit: Go, door: FakeDoor) -> None:
    one = visit()
    one.page.add_init_script("Object.defineProperty(self, 'localStorage', {get() { throw new Error('off') }})")
    one.page.reload()
    form = Form(one.open()).fill()
    door.next("POST callbacks", status(503))
    form.send().arrives()
    assert len(requests(door)) == 1


# --- by keyboard, by ear, in Spanish ----------------------------------------------------------------


def test_it_can_be_filled_in_and_sent_with_the_keyboard_alone(visit: Go, door: FakeDoor) -> None:
    one = visit().open()
    one.ask(QUESTION).get_by_role("button", name="Ask for a call back").focus()
    keys = one.page.keyboard
    keys.press("Enter")
    expect(one.page.locator("#page")).to_be_focused()
    for _ in range(3):  # past the two crisis lines
        keys.press("Tab")
    keys.type("Ann")
    keys.press("Tab")
    keys.type(NUMBER)
    keys.press("Tab")
    keys.press("ArrowDown")  # morning
    keys.press("Tab")
    keys.press("Space")  # a message may be left
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Space")  # consent
    keys.press("Tab")
    keys.press("Enter")
    expect(one.page.locator("#page")).to_have_text("The clinic has your request.")
    expect(one.page.locator("#page")).to_be_focused()
    (request,) = requests(door)
    assert (request["name"], request["best_time"], request["leave_message"]) == ("Ann", "morning", True)


HEAR = """() => {
    const live = document.querySelector('div[lang]').shadowRoot.querySelector('[aria-live]');
    globalThis.heard = [];
    new MutationObserver(() => live.textContent && heard.push(live.textContent)).observe(live, {childList: true});
}"""


def test_mistakes_and_the_arrival_are_announced(visit: Go, door: FakeDoor) -> None:
    form = Form(visit().open())
    form.one.page.evaluate(HEAR)
    form.send()
    form.fill()
    door.next("POST callbacks", status(503))
    form.send().arrives()
    heard = form.one.page.evaluate("heard")
    assert heard[0].startswith("Please tell us a first name")
    assert "tick the box" in heard[0]
    assert "not sent yet" in heard[1]
    assert heard[-1] == "The clinic has your request."
    assert len(heard) == 3


def waiting(form: Form, door: FakeDoor) -> None:
    door.broken = dropped
    form.fill().send()
    expect(form.one.panel).to_contain_text("not sent yet")


STATES: dict[str, Callable[[Form, FakeDoor], Any]] = {
    "form": lambda form, door: None,
    "mistakes": lambda form, door: form.send(),
    "waiting": waiting,
    "kept": lambda form, door: form.fill().send().arrives(),
    "summary": lambda form, door: form.one.menu("Summary to take along"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_in_any_state(visit: Go, door: FakeDoor, size: dict[str, Any], scheme: str) -> None:
    found = {}
    for name, reach in STATES.items():
        form = Form(visit(color_scheme=scheme, **size).open())
        reach(form, door)
        form.one.page.wait_for_timeout(50)
        result = Axe().run(form.one.page)
        if result.violations_count:
            found[name] = result.generate_report()
        door.broken = None
        form.one.page.close()
    assert found == {}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("height", [256, 568], ids=["zoom", "phone"])
def test_at_320_pixels_and_400_percent_nothing_is_cut_off(visit: Go, height: int, language: str) -> None:
    one = visit(f'data-language="{language}"', viewport={"width": 320, "height": height}).open()
    one.ask(QUESTION)
    wide = "e => [...e.querySelectorAll('*')].filter(part => part.getBoundingClientRect().right > innerWidth + 0.5 "
    wide += "&& !part.closest('.unseen')).map(part => part.outerHTML)"
    for name in (r"Ask for a call back|Pedir una llamada", r"Send to|Enviar a"):
        one.panel.get_by_role("button", name=re.compile(name)).last.click()
        one.page.wait_for_timeout(100)
        assert one.panel.evaluate(wide) == []
    one.panel.get_by_role("button", name=re.compile("Menu|Menú")).click()
    one.panel.get_by_role("button", name=re.compile("Summary|Resumen")).click()
    assert one.panel.evaluate(wide) == []


def test_it_is_spanish_where_the_chat_is(visit: Go, door: FakeDoor) -> None:
    one = visit('data-language="es"').open()
    one.ask(QUESTION).get_by_role("button", name="Pedir una llamada").click()
    one.panel.get_by_label("Nombre").fill("Ana")
    one.panel.get_by_label("Número de teléfono").fill(NUMBER)
    one.panel.get_by_role("button", name="Enviar a la clínica").click()
    expect(one.panel).to_contain_text("Marque la casilla")
    one.panel.get_by_label("puede guardar esto").check()
    one.panel.get_by_role("button", name="Enviar a la clínica").click()
    expect(one.page.locator("#page")).to_have_text("La clínica tiene su solicitud.")
    assert requests(door)[0]["language"] == "es"


def test_both_languages_have_the_same_words() -> None:
    names = [
        re.findall(r"export const (\w+)", (ROOT / f"widget/src/handoff/words/{language}.ts").read_text("utf-8"))
        for language in ("en", "es")
    ]
    assert names[0] == names[1]
    assert len(names[0]) > 30


def test_it_works_under_a_strict_or_nonce_only_policy(visit: Go, door: FakeDoor) -> None:
    strict = (
        f"default-src 'none'; style-src 'self'; script-src {door.address}; connect-src {door.address}; img-src data:; "
        "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    nonce = f"default-src 'none'; style-src 'self'; img-src data:; script-src 'nonce-abc'; connect-src {door.address}"
    for script, policy in (("", strict), ('nonce="abc"', nonce)):
        form = Form(visit(script, headers={"Content-Security-Policy": policy}).open())
        form.fill().send().arrives()
    assert len(requests(door)) == 2
