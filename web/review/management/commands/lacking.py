"""``make lacking``: what people ask that the page lacks, out to the encoder on Rasa's side, and the groups back in."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from web.chat.models import Message
from web.chat.writing import writing
from web.review.labels import kind_of
from web.review.models import LackingExample, LackingGroup

#: Kinds of answer that leave a question open for the page.
_OPEN = ("not_on_page", "fallback", "clarify")
#: Topics of those kinds that are no question.
_NONE = {"gibberish", "other_language", "insult", "rephrase", "tell_me_more"}
#: Wordings that are kept of a group, and groups that are kept.
_WORDINGS, _GROUPS = 12, 40


class Command(BaseCommand):
    """``--out`` writes the open questions as JSON lines; ``--in`` takes the groups of nlu/grouping.py."""

    help = "Exports unanswered questions for grouping, or imports the groups."

    def add_arguments(self, parser: CommandParser) -> None:
        """The direction, and how far back."""
        direction = parser.add_mutually_exclusive_group(required=True)
        direction.add_argument("--out", action="store_true")
        direction.add_argument("--in", action="store_true", dest="take_in")
        parser.add_argument("--days", type=int, default=90)

    def handle(self, *_: Any, out: bool, take_in: bool, days: int, **__: Any) -> None:
        """Writes to standard output, or reads from standard input."""
        since = timezone.localdate() - timedelta(days=days)
        if out:
            for line in questions(since):
                self.stdout.write(json.dumps(line))
        if take_in:
            count = keep([json.loads(line) for line in sys.stdin if line.strip()], since)
            self.stdout.write(f"{count} groups of questions that the page does not answer. See /staff/insight.")


def questions(since: Any) -> Any:
    """The open questions since a day, the newest first: ``id`` (message and part), ``topic`` and ``text``."""
    found = Message.objects.filter(received_at__date__gte=since, danger="none").exclude(understood=None)
    for message in found.order_by("-pk").iterator(chunk_size=500):
        for number, question in enumerate((message.understood or {}).get("questions") or []):
            topic, text = str(question.get("intent")), str(question.get("text") or "")
            if text and topic not in _NONE and (kind_of(topic) in _OPEN or topic == "unsure"):
                yield {"id": f"{message.pk}.{number}", "topic": topic, "text": text}


@writing()
def keep(groups: list[dict[str, Any]], since: Any) -> int:
    """Keeps the groups in place of those of the last batch; gives how many."""
    LackingGroup.objects.all().delete()
    groups = [group for group in groups if group["size"] > 1][:_GROUPS] or groups[:_GROUPS]
    for group in groups:
        row = LackingGroup.objects.create(topic=group["topic"], size=group["size"], since=since)
        examples = []
        for position, name in enumerate(group["ids"][:_WORDINGS]):
            message, part = name.split(".")
            examples.append(LackingExample(group=row, message_id=int(message), part=int(part), position=position))
        there = set(Message.objects.filter(pk__in=[e.message_id for e in examples]).values_list("pk", flat=True))
        LackingExample.objects.bulk_create([example for example in examples if example.message_id in there])
    return len(groups)
