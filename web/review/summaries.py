"""Keeps the summary of a conversation up to date, in the transaction that changes the conversation."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.apps import apps
from django.db.models import F
from django.utils import timezone

from safety.decision import DANGERS
from web.chat.models import Conversation, Feedback, Message, Reply
from web.chat.writing import writing
from web.review import counts, search
from web.review.labels import DANGER_INTENTS
from web.review.models import ConversationSummary, ConversationTopic, FollowUp
from web.review.ranks import kind_bits, place, rank_of

logger = logging.getLogger(__name__)

#: Replies that are about no question, or about a danger: they are no topic, and their confidence says nothing.
_NO_TOPIC = ("session_start", "", *DANGER_INTENTS)
_BATCH = 500


def summarise(conversation_id: uuid.UUID) -> None:
    """Makes the summary of a conversation anew from the log. It is no error when there is nothing to summarise.

    A conversation that was reviewed is to be read again when the visitor has written or complained since.
    """
    messages = list(
        Message.objects.filter(conversation=conversation_id)
        .order_by("id")
        .values("id", "text", "danger", "decision", "failure", "received_at")
    )
    if not messages:
        return
    replies = list(
        Reply.objects.filter(conversation=conversation_id).exclude(message=None).values("kind", "topic", "confidence")
    )
    feedback = list(
        Feedback.objects.filter(reply__conversation=conversation_id).values("helpful", "danger", "comment", "given_at")
    )
    values = values_of(messages, replies, feedback, _call_back_open(conversation_id))
    before = ConversationSummary.objects.select_for_update().filter(conversation=conversation_id).first()
    if before is None:
        summary = ConversationSummary.objects.create(conversation_id=conversation_id, **values)
    else:
        summary = before
        worse = values["unhelpful"] > before.unhelpful or values["rank"] < before.rank
        if before.reviewed and (values["last_message"] != before.last_message or worse):
            values["reviewed"] = False
        ConversationSummary.objects.filter(pk=summary.pk).update(**values, version=F("version") + 1)
    _note_topics(summary, {reply["topic"] for reply in replies} - set(_NO_TOPIC))
    if before is None or values["last_message"] != before.last_message:
        search.put(summary.pk, "\n".join(message["text"] for message in messages))
    thumbs_moved = before is not None and (values["helpful"], values["unhelpful"]) != (before.helpful, before.unhelpful)
    counts.forget(message["received_at"] for message in (messages if thumbs_moved else messages[-1:]))


def values_of(messages: Any, replies: Any, feedback: Any, callback: bool) -> dict[str, Any]:
    """What a summary says of a conversation.

    Args:
        messages: rows of the log as dictionaries, at least one, in order.
        replies: likewise, those to messages.
        feedback: likewise.
        callback: whether the visitor waits for a call.
    """
    alarms = [message for message in messages if message["danger"] != "none"]
    dangers = [message["danger"] for message in alarms] + [f["danger"] for f in feedback if f["danger"] != "none"]
    kinds = {reply["kind"] for reply in replies}
    unhelpful = sum(not f["helpful"] for f in feedback)
    sure = [r["confidence"] for r in replies if r["confidence"] is not None and r["topic"] not in _NO_TOPIC]
    rank = rank_of(
        danger=bool(dangers) or bool(kinds & {"crisis", "emergency"}),
        callback=callback,
        unhelpful=bool(unhelpful),
        kinds=kinds | ({"unavailable"} if any(m["failure"] for m in messages) else set()),
    )
    last_at = messages[-1]["received_at"]
    return {
        "started_at": messages[0]["received_at"],
        "last_at": last_at,
        "rank": rank,
        "place": place(rank, last_at),
        "messages": len(messages),
        "last_message": messages[-1]["id"],
        "opening": (alarms or messages)[0]["text"][:200],
        "danger": _gravest(dangers),
        "kinds": kind_bits(kinds),
        "confidence": min(sure, default=None),
        "helpful": len(feedback) - unhelpful,
        "unhelpful": unhelpful,
        "language": _language(messages, replies),
        "callback": callback,
        "failed": any(message["failure"] for message in messages),
    }


def _gravest(dangers: list[str]) -> str:
    return min(dangers, key=DANGERS.index, default="none")


def _language(messages: Any, replies: Any) -> str:
    if any((message["decision"] or {}).get("language") == "es" for message in messages):
        return "es"
    return "other" if any(reply["topic"] == "other_language" for reply in replies) else "en"


def _call_back_open(conversation_id: uuid.UUID) -> bool:
    """Whether the visitor waits for a call (web.handoff, where that is installed)."""
    if not apps.is_installed("web.handoff"):
        return False
    requests: Any = apps.get_model("handoff", "CallBack")
    return bool(requests.objects.filter(conversation=conversation_id, done_at=None).exists())


def _note_topics(summary: ConversationSummary, topics: set[str]) -> None:
    """Adds the topics that are new; a conversation never loses one."""
    known = set(summary.topics.values_list("topic", flat=True))
    new = [ConversationTopic(summary=summary, topic=topic) for topic in sorted(topics - known)]
    if new:
        ConversationTopic.objects.bulk_create(new)


def on_change(conversation_id: uuid.UUID, **_: Any) -> None:
    """Receives web.chat.signals.conversation_changed."""
    summarise(conversation_id)


def on_call_back(instance: Any, **_: Any) -> None:
    """A call-back request was stored."""
    summarise(instance.conversation_id)


def on_deletion(conversation_id: uuid.UUID, expired: bool = False, **_: Any) -> bool:
    """Receives web.chat.signals.conversation_deleting; True when staff reviewed the conversation or followed it up.

    The figures of its days are counted anew without it, unless it goes because its time is over.
    """
    if not expired:
        counts.forget(Message.objects.filter(conversation=conversation_id).values_list("received_at", flat=True))
    return (
        ConversationSummary.objects.filter(conversation=conversation_id, reviewed=True).exists()
        or FollowUp.objects.filter(conversation=conversation_id).exists()
    )


def on_migrate(**_: Any) -> None:
    """After ``migrate``, which every start runs."""
    catch_up()


def catch_up() -> int:
    """Summarises the conversations that have messages and no summary, or one that lacks a message nobody answered.

    A message without danger is seen by the staff with its replies. Where the door's process ended before it had any,
    only this finds it.

    Returns:
        how many were summarised.
    """
    done = 0
    missing = Conversation.objects.filter(summary=None, revoked_at=None, messages__isnull=False).distinct()
    waiting = Message.objects.filter(state=Message.State.WAITING, lease_until__lt=timezone.now())
    lacking = waiting.filter(conversation__revoked_at=None, pk__gt=F("conversation__summary__last_message"))
    for batches in (missing.values_list("id", flat=True), lacking.values_list("conversation", flat=True).distinct()):
        before: list[uuid.UUID] = []
        while batch := list(batches[:_BATCH]):
            if batch == before:
                logger.error("some conversations could not be summarised")
                break
            for conversation_id in batch:
                with writing():
                    summarise(conversation_id)
            done += len(batch)
            before = batch
    return done
