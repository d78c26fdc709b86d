"""``make demo-data``: a believable month of conversations, through the real assistant."""

from __future__ import annotations

import logging
import random
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import F, Max
from django.http import HttpRequest
from django.utils import timezone

from web.chat import tokens
from web.chat.alarms import alarm_raised
from web.chat.deletion import delete_conversation
from web.chat.models import Conversation, CrisisStub, Feedback, Message, Reply
from web.chat.readiness import rasa_answers
from web.chat.writing import writing
from web.review.models import DEMO, CountedDay, Tag
from web.review.summaries import summarise

SCRIPT = Path(__file__).resolve().parents[2] / "demo_conversations.yml"
DAYS = 30
#: How much is asked at each hour of the day, from 0 to 23.
_BUSY = (3, 2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 8, 9, 8, 7, 7, 8, 8, 9, 11, 13, 12, 9, 5)


class Command(BaseCommand):
    """Plays the script through the door's own HTTP interface, in this process, with the Rasa that runs."""

    help = "Fills the console with conversations to try it; refused when there are real ones."

    def add_arguments(self, parser: CommandParser) -> None:
        """Removing them again."""
        parser.add_argument("--remove", action="store_true", help="delete the demonstration conversations")

    def handle(self, *_: Any, remove: bool, **__: Any) -> None:
        """Makes the conversations, or removes them.

        Raises:
            CommandError: there are real conversations, or Rasa does not answer.
        """
        demo = set(Tag.objects.filter(name=DEMO).values_list("conversation", flat=True))
        if remove:
            stubs = CrisisStub.objects.aggregate(last=Max("pk"))["last"] or 0
            for conversation in demo:
                delete_conversation(conversation)
            CrisisStub.objects.filter(pk__gt=stubs).delete()  # no visitor's crisis, and nothing to note
            self.stdout.write(f"{len(demo)} demonstration conversations are deleted.")
            return
        if Message.objects.exclude(conversation__in=demo).exists():
            raise CommandError("There are real conversations here. Demonstration data is never mixed with them.")
        if demo:
            raise CommandError("The demonstration data is there already; --remove deletes it.")
        if not rasa_answers():
            raise CommandError(f"Rasa does not answer at {settings.RASA_URL}. Start it with 'make run'.")
        logging.disable(logging.INFO)  # a line for each request would hide what is said here
        try:
            self._fill()
        finally:
            logging.disable(logging.NOTSET)

    def _fill(self) -> None:
        alarm_raised.receivers = []  # nobody on duty is called out for a demonstration
        settings.MESSAGES_PER_MINUTE = settings.SESSIONS_PER_MINUTE = 0
        from web.wsgi import application

        script: list[list[str]] = yaml.safe_load(SCRIPT.read_text(encoding="utf-8"))["conversations"]
        chance = random.Random(7)  # noqa: S311 (the same month each time)
        transport: Any = httpx.WSGITransport(application)
        owner, _ = User.objects.get_or_create(username=DEMO, defaults={"is_active": False})
        chance.shuffle(script)
        with httpx.Client(transport=transport, base_url="http://localhost", timeout=30) as door:
            for number, lines in enumerate(script, 1):
                conversation = _play(door, lines)
                Tag.objects.create(conversation_id=conversation, name=DEMO, by=owner)
                _move(conversation, _moment(chance), chance)
                if number % 20 == 0 or number == len(script):
                    self.stdout.write(f"  {number} of {len(script)} conversations")
        first = timezone.localdate() - timedelta(days=DAYS)
        CountedDay.objects.filter(day__gte=first).delete()
        self.stdout.write(
            "Done. Open /staff/ (make staff NAME=... makes an account). 'make demo-data REMOVE=1' undoes it."
        )


def _play(door: httpx.Client, lines: list[str]) -> uuid.UUID:
    """One visitor's conversation; gives its id."""
    token = door.post("/chat/sessions").raise_for_status().json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    reply = ""
    for line in lines:
        if line in "+-":
            body: dict[str, Any] = {"reply": reply, "helpful": line == "+"}
            door.post("/chat/feedback", json=body, headers=headers).raise_for_status()
        else:
            body = {"id": str(uuid.uuid4()), "text": line}
            answer = door.post("/chat/messages", json=body, headers=headers).raise_for_status()
            reply = answer.json()["replies"][-1]["id"]
    request = HttpRequest()
    request.META["HTTP_AUTHORIZATION"] = headers["Authorization"]
    return tokens.conversation_of(request)


def _moment(chance: random.Random) -> datetime:
    """A moment of the last month: fewer on weekends, more in the evening."""
    while True:
        day = timezone.localtime() - timedelta(days=chance.randrange(DAYS))
        if day.weekday() < 5 or chance.random() < 0.6:
            hour = chance.choices(range(24), _BUSY)[0]
            moment = day.replace(hour=hour, minute=chance.randrange(60), second=chance.randrange(60))
            if moment < timezone.now() - timedelta(minutes=30):
                return moment


@writing()
def _move(conversation_id: uuid.UUID, start: datetime, chance: random.Random) -> None:
    """Moves a conversation to another time, with pauses between its messages as a reader would make them."""
    conversation = Conversation.objects.get(pk=conversation_id)
    back = conversation.created_at - start
    Conversation.objects.filter(pk=conversation_id).update(
        created_at=F("created_at") - back, last_seen_at=F("last_seen_at") - back
    )
    Reply.objects.filter(conversation=conversation_id, message=None).update(created_at=start)
    at = start
    for message in Message.objects.filter(conversation=conversation_id).order_by("pk"):
        at += timedelta(seconds=chance.randrange(20, 100))
        Message.objects.filter(pk=message.pk).update(received_at=at, answered_at=at + timedelta(milliseconds=60))
        Reply.objects.filter(message=message.pk).update(created_at=at + timedelta(milliseconds=60))
        Feedback.objects.filter(reply__message=message.pk).update(given_at=at + timedelta(seconds=15))
    summarise(conversation_id)
