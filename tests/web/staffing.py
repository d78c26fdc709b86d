"""Staff of the console, and conversations for them to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Group, User
from django.core import signals
from django.db import close_old_connections
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from fake_rasa import FakeRasa, made_reply, turn
from visitor import Visitor

from web.chat.models import Conversation
from web.review.models import ConversationSummary

PASSWORD = "a long enough passphrase"


def account(role: str | None, name: str = "", password: str | None = PASSWORD) -> User:
    """An account with a role."""
    user = User.objects.create_user(name or f"a-{role}", password=password)
    if role:
        user.groups.set([Group.objects.get(name=role)])
    return user


class _Browser(Client):
    """Leaves the test's transaction open, in which a visitor may speak next (see the fixture ``http``)."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        signals.request_started.disconnect(close_old_connections)
        signals.request_finished.disconnect(close_old_connections)
        return response


def signed_in(role: str | None, name: str = "") -> Client:
    """A browser in which an account of that role is signed in, with both factors."""
    user = account(role, name, None)
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    client = _Browser()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def code(device: TOTPDevice) -> str:
    """What the authenticator app shows now."""
    return f"{totp(device.bin_key):06d}"


def understood(topic: str, text: str, confidence: float = 0.9, **reply: Any) -> dict[str, Any]:
    """Rasa's answer to a message that it took for one topic."""
    answer = turn(made_reply(topic=topic, confidence=confidence, **reply))
    answer["understood"] = {
        "intent": {"name": topic, "confidence": confidence},
        "intent_ranking": [
            {"name": topic, "confidence": confidence},
            {"name": "cost", "confidence": 0.05},
            {"name": "insurance", "confidence": 0.03},
        ],
        "questions": [{"text": text, "intent": topic, "confidence": confidence, "answerable": True, "words": {}}],
        "risk": answer["understood"]["risk"],
    }
    return answer


def ask(
    visitor: Visitor, rasa: FakeRasa, text: str, topic: str = "session_length", **reply: Any
) -> list[dict[str, Any]]:
    """A visitor asks something that Rasa takes for a topic."""
    rasa.answer = understood(topic, text, **reply)
    return visitor.say(text)


def summary_of(words: str) -> ConversationSummary:
    """The summary of the conversation in which a visitor wrote this."""
    return ConversationSummary.objects.get(conversation__messages__text=words)


def page(summary: ConversationSummary | Conversation, what: str = "") -> str:
    """Address of a conversation's page, or of a form on it."""
    number = summary.conversation_id if isinstance(summary, ConversationSummary) else summary.pk
    return f"/staff/conversations/{number}{what}"


def text_of(response: Any) -> str:
    """What a page says, without its markup."""
    html = re.sub(r"<(script|style|svg).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address that the door knows, with what it leads to."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry
