"""Export of the turns of filtered conversations, as CSV or JSON Lines, streamed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from web.chat.models import Feedback, Message, Reply
from web.review import queue
from web.review.access import StaffView
from web.review.audit import Action, record
from web.review.models import ConversationSummary
from web.review.roles import Right

#: Conversations that are read at once.
_BATCH = 200
_COLUMNS = (
    *("conversation", "at", "visitor", "kinds", "topics", "confidence", "replies", "alarm", "failure", "feedback"),
    *("comment", "language", "reviewed", "tags"),
)
#: A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: with an apostrophe in front where it could be one.

    See OWASP, CSV Injection.
    """
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA) else value


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


class ExportView(StaffView):
    """The filters of the queue choose what is exported."""

    right = Right.EXPORT

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The form; with ``format`` the file."""
        form, chosen = queue.chosen(request.GET)
        wanted = request.GET.get("format")
        found = queue.matching(chosen, request.user)
        if wanted not in ("csv", "jsonl"):
            return self._page(request, form, chosen, found)
        record(
            request.user,
            Action.EXPORTED,
            format=wanted,
            filters={name: str(value) for name, value in chosen.values.items() if name != "q"},
            words="q" in chosen.values,
        )
        rows = _rows(found)
        lines = _csv(rows) if wanted == "csv" else (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        kind = "text/csv; charset=utf-8" if wanted == "csv" else "application/x-ndjson"
        day = timezone.localdate().isoformat()
        return StreamingHttpResponse(
            lines,
            content_type=kind,
            headers={"Content-Disposition": f'attachment; filename="conversations-{day}.{wanted}"'},
        )

    def _page(self, request: HttpRequest, form: Any, chosen: queue.Chosen, found: Any) -> HttpResponse:
        context = {"form": form, "chosen": chosen, "number": queue.how_many(found)}
        return render(request, "review/export.html", context)


def _csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    writer: Any = csv.DictWriter(_Line(), _COLUMNS)
    yield "\ufeff" + writer.writeheader()  # a spreadsheet reads UTF-8 only with this mark
    for row in rows:
        yield writer.writerow({name: harmless(_cell(value)) for name, value in row.items()})


def _cell(value: Any) -> Any:
    return " | ".join(str(part) for part in value) if isinstance(value, list) else value


def _rows(found: Any) -> Iterator[dict[str, Any]]:
    """The turns, conversation by conversation. Read in batches: an export takes no more memory than one of them."""
    last = 0
    while True:
        batch = list(found.filter(pk__gt=last).order_by("pk").prefetch_related("conversation__tags")[:_BATCH])
        if not batch:
            return
        last = batch[-1].pk
        ids = [summary.conversation_id for summary in batch]
        messages: dict[Any, list[Message]] = {}
        for message in Message.objects.filter(conversation__in=ids).order_by("pk"):
            messages.setdefault(message.conversation_id, []).append(message)
        replies: dict[int | None, list[Reply]] = {}
        for reply in Reply.objects.filter(conversation__in=ids).exclude(message=None).order_by("position"):
            replies.setdefault(reply.message_id, []).append(reply)
        thumbs = {thumb.reply_id: thumb for thumb in Feedback.objects.filter(reply__conversation__in=ids)}
        for summary in batch:
            for message in messages.get(summary.conversation_id, []):
                yield _row(summary, message, replies.get(message.pk, []), thumbs)


def _row(
    summary: ConversationSummary, message: Message, replies: list[Reply], thumbs: dict[Any, Feedback]
) -> dict[str, Any]:
    """One message with its replies."""
    given = [thumbs[reply.pk] for reply in replies if reply.pk in thumbs]
    return {
        "conversation": str(summary.conversation_id),
        "at": timezone.localtime(message.received_at).isoformat(timespec="seconds"),
        "visitor": message.text,
        "kinds": [reply.kind for reply in replies],
        "topics": [reply.topic for reply in replies],
        "confidence": [reply.confidence for reply in replies],
        "replies": [reply.text for reply in replies],
        "alarm": message.danger if message.danger != "none" else "",
        "failure": message.failure,
        "feedback": ["helpful" if thumb.helpful else "not helpful" for thumb in given],
        "comment": [thumb.comment for thumb in given if thumb.comment],
        "language": summary.language,
        "reviewed": summary.reviewed,
        "tags": [tag.name for tag in summary.conversation.tags.all()],
    }
