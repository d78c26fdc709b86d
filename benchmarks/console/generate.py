"""Fills an empty database with made-up conversations of a year, as the door and the console would have left them."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from typing import Any

import yaml

from safety import Decision
from safety.replies import ROOT

SCRIPT = ROOT / "web" / "review" / "demo_conversations.yml"
#: One of so many conversations raises an alarm, is still to be reviewed, has a thumb on an answer.
ALARMS, UNREVIEWED, THUMBS = 200, 20, 12
_BATCH = 1000


def fill(conversations: int, messages: int) -> None:
    """Adds conversations with so many messages in all, their replies, thumbs, summaries, topics and search index.

    Takes a Django that is set up, with the tables made.
    """
    chance = random.Random(1)
    lines = [line for talk in yaml.safe_load(SCRIPT.read_text(encoding="utf-8"))["conversations"] for line in talk]
    sentences = [line for line in lines if line not in "+-"]
    words = sorted({word for sentence in sentences for word in sentence.split()})
    each = messages / conversations
    for start in range(0, conversations, _BATCH):
        count = min(_BATCH, conversations - start)
        _batch([_size(chance, each) for _ in range(count)], chance, sentences, words)
        if (start // _BATCH) % 10 == 0:
            print(f"  {start + count:,} of {conversations:,} conversations", flush=True)


def _size(chance: random.Random, each: float) -> int:
    """Messages of one conversation: most are short, some long, so many on average."""
    return max(1, round(chance.expovariate(1 / each)))


def _batch(sizes: list[int], chance: random.Random, sentences: list[str], words: list[str]) -> None:
    from django.db import transaction
    from django.utils import timezone

    from web.chat.models import Conversation, Feedback, Message, Reply
    from web.review.models import ConversationSummary, ConversationTopic

    now = timezone.now()
    moments = [now - timedelta(seconds=chance.randrange(365 * 86400)) for _ in sizes]
    talks = [Conversation(created_at=at, last_seen_at=at) for at in moments]
    rows: list[Message] = []
    for talk, size in zip(talks, sizes, strict=True):
        danger = "crisis" if chance.randrange(ALARMS) == 0 else "none"
        for number in range(size):
            at = talk.created_at + timedelta(seconds=40 * number + chance.randrange(30))
            rows.append(_message(talk, at, danger if number == size // 2 else "none", chance, sentences, words))
    with transaction.atomic():
        Conversation.objects.bulk_create(talks)
        Message.objects.bulk_create(rows, batch_size=2000)
        replies = [_reply(row, chance) for row in rows]
        Reply.objects.bulk_create(replies, batch_size=2000)
        thumbs = [
            Feedback(reply=reply, helpful=chance.random() < 0.7, decision=Decision().as_dict(), request_id="")
            for reply in replies
            if chance.randrange(THUMBS * 10) == 0
        ]
        Feedback.objects.bulk_create(thumbs)
        summaries = _summaries(rows, replies, thumbs, chance)
        ConversationSummary.objects.bulk_create(summaries)
        ids = {summary.conversation_id: summary for summary in summaries}
        topics = {(ids[reply.conversation_id].pk, reply.topic) for reply in replies}
        ConversationTopic.objects.bulk_create([ConversationTopic(summary_id=pk, topic=name) for pk, name in topics])
        _index(rows, ids)


def _message(talk: Any, at: Any, danger: str, chance: random.Random, sentences: list[str], words: list[str]) -> Any:
    from web.chat.models import Message

    text = f"{chance.choice(sentences)} {' '.join(chance.choices(words, k=chance.randrange(8)))}".strip()
    topic = _topic(chance)
    confidence = round(chance.random() ** 0.3, 4)
    understood = {
        "intent": {"name": topic, "confidence": confidence},
        "intent_ranking": [{"name": _topic(chance), "confidence": 0.1} for _ in range(5)],
        "questions": [{"text": text, "intent": topic, "confidence": confidence, "answerable": True, "words": {}}],
        "entities": [],
        "risk": Decision().as_dict(),
    }
    return Message(
        conversation=talk,
        client_id=uuid.UUID(int=chance.getrandbits(128)),
        text=text,
        decision=Decision(danger=danger).as_dict(),
        danger=danger,
        request_id="",
        received_at=at,
        state="answered",
        lease_owner="",
        lease_until=at,
        answered_at=at,
        understood=understood,
        failure="time_limit" if chance.randrange(500) == 0 else "",
    )


def _topic(chance: random.Random) -> str:
    """A topic; some are asked a hundred times as often as others."""
    from web.review.labels import intents

    names = intents()
    return names[int(chance.random() ** 3 * len(names))]


def _reply(message: Any, chance: random.Random) -> Any:
    from web.chat.models import Reply
    from web.review.labels import kind_of

    question = message.understood["questions"][0]
    topic = "crisis" if message.danger != "none" else question["intent"]
    return Reply(
        conversation_id=message.conversation_id,
        message=message,
        made_by="rasa",
        created_at=message.received_at,
        kind=kind_of(topic),
        text="The page says about this what the page says, in a sentence or two of the usual length. " * 2,
        topic=topic,
        confidence=question["confidence"],
    )


def _summaries(rows: list[Any], replies: list[Any], thumbs: list[Any], chance: random.Random) -> list[Any]:
    from web.review.models import ConversationSummary
    from web.review.summaries import values_of

    talks: dict[Any, tuple[list[Any], list[Any], list[Any]]] = {}
    conversation_of = {}
    for row in rows:
        fields = ("text", "danger", "decision", "failure", "received_at")
        values = {name: getattr(row, name) for name in fields}
        talks.setdefault(row.conversation_id, ([], [], []))[0].append({"id": row.pk, **values})
    for reply in replies:
        conversation_of[reply.pk] = reply.conversation_id
        fields = ("kind", "topic", "confidence")
        talks[reply.conversation_id][1].append({name: getattr(reply, name) for name in fields})
    for thumb in thumbs:
        talks[conversation_of[thumb.reply_id]][2].append({"helpful": thumb.helpful, "danger": "none"})
    return [
        ConversationSummary(
            conversation_id=talk,
            reviewed=chance.randrange(UNREVIEWED) != 0,
            **values_of(*parts, callback=chance.randrange(100) == 0),
        )
        for talk, parts in talks.items()
    ]


def _index(rows: list[Any], summaries: dict[Any, Any]) -> None:
    from web.review import search

    documents: dict[int, list[str]] = {}
    for row in rows:
        documents.setdefault(summaries[row.conversation_id].pk, []).append(row.text)
    for pk, texts in documents.items():
        search.put(pk, "\n".join(texts))
