"""``POST /chat/callbacks``: a visitor asks to be called."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse

from safety import Decision
from safety.replies import Reply
from web.chat import bodies, rate_limits, tokens
from web.chat.cards import or_card
from web.chat.views.base import DoorView
from web.handoff import asking
from web.handoff.request_body import CallBackBody, FormMistakes, mistakes_in


class CallBackRequestView(DoorView):
    """Requests to be called. What is in them goes to the encrypted table and nowhere else."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Takes a request; says in ``kept`` whether it is kept.

        All that can be typed freely is judged like a message, before anything is refused: words that need a card get
        it in any case, with the request kept or not.
        """
        conversation = tokens.conversation_of(request)
        body = bodies.read(request, CallBackBody)
        decision = body.decision()
        try:
            rate_limits.count_message(request, conversation)
        except rate_limits.TooMany:
            if not decision.alarm:
                raise
        mistakes = mistakes_in(body)
        if mistakes:
            raise FormMistakes(
                mistakes, body.language, or_card(decision, lambda: asking.refuse(conversation, decision))
            )
        return JsonResponse(_kept_or_card(conversation, body, decision))


def _kept_or_card(conversation: uuid.UUID, body: CallBackBody, decision: Decision) -> dict[str, bool | list[Reply]]:
    """Whether the request is kept, and the card; the card alone where it cannot be kept and there is danger."""
    kept = False

    def work() -> list[Reply]:
        nonlocal kept
        replies = asking.keep(conversation, body, decision)
        kept = True
        return replies

    replies = or_card(decision, work)
    return {"kept": kept, "replies": replies}
