"""``POST /chat/feedback``."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from safety import judge
from safety.replies import Reply as ReplyJson
from safety.replies import without_rasa
from web.chat import bodies, metrics, rate_limits, tokens
from web.chat.alarms import raise_alarm
from web.chat.cards import or_card
from web.chat.models import Feedback, Reply
from web.chat.problems import Problem
from web.chat.signals import announce
from web.chat.turns import locked, note_visit, row
from web.chat.views.base import DoorView
from web.chat.words import Words
from web.chat.writing import writing
from web.logs import request_id


class FeedbackView(DoorView):
    """A thumb on a reply, with an optional comment."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Takes the feedback. The comment is judged like a message: where it needs a card, the card is the answer."""
        conversation = tokens.conversation_of(request)
        body = bodies.read(request, bodies.FeedbackBody)
        comment = body.comment or ""
        decision = judge(comment)
        try:
            rate_limits.count_message(request, conversation)
        except rate_limits.TooMany:
            if not decision.alarm:
                raise
        if comment and not decision.alarm:
            bodies.check_length(comment)

        def work() -> list[ReplyJson]:
            return _store(conversation, body.reply, body.helpful, Words.masked(comment, decision))

        return JsonResponse({"replies": or_card(decision, work)})


@writing()
def _store(conversation_id: uuid.UUID, reply_id: uuid.UUID, helpful: bool, comment: Words) -> list[ReplyJson]:
    """Keeps the feedback, in place of an earlier one on the same reply; gives the cards that the comment needs."""
    conversation = locked(conversation_id)
    reply = Reply.objects.filter(conversation=conversation, id=reply_id).first()
    if reply is None:
        raise Problem(404, "no_such_reply", "There is no such reply in this chat.")
    decision = comment.decision
    Feedback.objects.update_or_create(
        reply=reply,
        defaults={
            "helpful": helpful,
            "comment": comment.text,
            "decision": decision.as_dict(),
            "danger": decision.danger,
            "request_id": request_id.get(),
            "given_at": timezone.now(),
        },
    )
    announce(conversation_id)
    if not decision.alarm:
        return []
    metrics.ALARMS.labels(decision.danger).inc()
    cards = [row(conversation, card, Reply.MadeBy.DOOR) for card in without_rasa(decision)]
    Reply.objects.bulk_create(cards)
    note_visit(conversation, timezone.now(), care=True)
    raise_alarm(conversation)
    return [card.shown() for card in cards]
