"""Fills in every form of the staff in hostile ways, as each role, at a running door.

``python -m benchmarks.fuzz.staff URL SECONDS`` (the door's environment, with its CHAT_DATA_DIR: the accounts, and what
the forms are about, are made there); the last line is the counts as JSON.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import time
import uuid
from collections import defaultdict
from random import Random
from urllib.parse import unquote_plus

import httpx

from benchmarks.fuzz import sending
from benchmarks.fuzz.forms import FORMS, Form, Submission, some
from benchmarks.fuzz.promise import Tally, broken_by_console

ROLES = ("", "reader", "reviewer", "manager")
#: Any 32 letters and digits: Django compares what the cookie and the header say.
_CSRF = "f" * 32


def signed_in(role: str) -> dict[str, str]:
    """Cookies of an account of a role that is signed in with both factors; of nobody for an empty one."""
    cookies = {"staff_csrf": _CSRF}
    if not role:
        return cookies
    from django.contrib.auth.models import Group, User
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    user, _ = User.objects.get_or_create(username=f"fuzz-{role}")
    user.groups.set([Group.objects.get(name=role)])
    device, _ = TOTPDevice.objects.get_or_create(user=user, name="app", confirmed=True)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return {**cookies, "staff_session": str(session.session_key)}


def subject(http: httpx.Client) -> dict[str, str]:
    """Makes what the forms are about: a conversation, a call-back request, a stub, a correction, an invitation.

    Returns:
        what stands in the braces of a form.
    """
    from django.contrib.auth.models import Group, User
    from django.utils import timezone

    from web.chat.models import CrisisStub, Message
    from web.handoff.models import CallBack
    from web.review import invitations
    from web.review.models import ConversationSummary, Correction

    headers = {"Authorization": f"Bearer {sending.new_token(http)}"}
    said = {"id": str(uuid.uuid4()), "text": "how long is it"}
    http.post("/chat/messages", json=said, headers=headers).raise_for_status()
    wish = {"id": str(uuid.uuid4()), "name": "Jo", "phone": "312-555-0188", "leave_message": True, "consent": True}
    http.post("/chat/callbacks", json=wish, headers=headers).raise_for_status()
    message = Message.objects.get(client_id=said["id"])
    summary = ConversationSummary.objects.get(conversation=message.conversation_id)
    call_back = CallBack.objects.filter(conversation=message.conversation_id).latest("asked_at")
    someone, _ = User.objects.get_or_create(username="fuzz-someone")
    someone.groups.set([Group.objects.get(name="reviewer")])
    correction = Correction.objects.create(
        message=message, part=1, text="and the price", was="cost", should_be="insurance", by=someone
    )
    return {
        "conversation": str(message.conversation_id),
        "version": str(summary.version),
        "message": str(message.pk),
        "account": str(someone.pk),
        "stub": str(CrisisStub.objects.create(kind="crisis", happened_at=timezone.now()).pk),
        "correction": str(correction.pk),
        "call_back": str(call_back.pk),
        "call_back_version": str(call_back.version),
        "invitation": invitations.invite("fuzz-invited", "reader", someone),
    }


def current(values: dict[str, str]) -> dict[str, str]:
    """The same, with the versions as they are by now, so that a form is not merely too old."""
    from web.handoff.models import CallBack
    from web.review.models import ConversationSummary

    summary = ConversationSummary.objects.filter(conversation=uuid.UUID(values["conversation"])).first()
    call_back = CallBack.objects.filter(pk=values["call_back"]).first()
    return {
        **values,
        "version": str(summary.version) if summary else "0",
        "call_back_version": str(call_back.version) if call_back else "0",
    }


def submit(
    http: httpx.Client, form: Form, address: str, hostile: Submission, cookies: dict[str, str], tally: Tally
) -> None:
    """Sends one submission and looks at the answer."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "X-CSRFToken": _CSRF}
    if form.method == "GET":
        query = hostile.content.decode("latin-1")
        if len(query) > 3800 or any(not "!" <= letter <= "~" or letter == "#" for letter in query):
            return  # no such request line gets past gunicorn; benchmarks/fuzz/nasty.py has those
        answer = sending.ask(http, "GET", f"{address}?{query}", b"", headers)
    else:
        headers["Content-Type"] = hostile.content_type
        answer = sending.ask(http, "POST", address, hostile.content, headers)
    sent = unquote_plus(hostile.content.decode("latin-1")) + hostile.content.decode("utf-8", "replace")
    tally.note(f"{form.method} {address} {hostile.what}", answer, broken_by_console(answer, sent))


def play(http: httpx.Client, chance: Random, most: int, tallies: sending.Tallies, until: float = float("inf")) -> None:
    """Fills in every form as each role: so many submissions of each at most, fewer as a role that may not send it."""
    values = subject(http)
    cookies = {role: signed_in(role) for role in ROLES}
    for form in FORMS:
        address = form.address.format(**values)
        for role in ROLES:
            may = ROLES.index(role) >= ROLES.index(form.role)
            fields = {name: value.format(**current(values)) for name, value in form.fields.items()}
            for hostile in some(form, fields, chance, most if may else max(1, most // 8)):
                if time.monotonic() > until:
                    return
                submit(http, form, address, hostile, cookies[role], tallies[f"forms, as {role or 'nobody'}"])
        if "sign-out" in form.address:
            cookies = {role: signed_in(role) for role in ROLES}


def main() -> int:
    """Plays rounds until the time is over."""
    import django

    url, seconds = sys.argv[1], float(sys.argv[2])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    django.setup()
    tallies: sending.Tallies = defaultdict(Tally)
    until = time.monotonic() + seconds
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
        for number in itertools.count():
            play(http, Random(number), 3 * (number + 1), tallies, until if number else float("inf"))
            if time.monotonic() > until:
                break
    print(json.dumps({kind: tally.as_dict() for kind, tally in tallies.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
