"""``POST /chat/messages`` and ``GET /chat/messages``."""

from __future__ import annotations

from functools import partial

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from safety import judge
from safety.replies import Reply
from web.chat import bodies, rate_limits, tokens, unstored
from web.chat.cards import or_card
from web.chat.history import restore
from web.chat.turns import answer
from web.chat.views.base import DoorView
from web.chat.words import Words


class MessagesView(DoorView):
    """The messages of a conversation."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Gives the conversation so far."""
        conversation = tokens.conversation_of(request)
        rate_limits.count_look(request)
        return JsonResponse({"messages": restore(conversation)})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Takes a message and gives its replies.

        Danger is judged before anything is refused: words that need a card get it, over a limit or too long as well,
        and even where they cannot be stored.
        """
        conversation = tokens.conversation_of(request)
        body = bodies.read(request, bodies.MessageBody)
        decision = judge(body.text)
        over_limit = False
        try:
            rate_limits.count_message(request, conversation)
        except rate_limits.TooMany:
            if not decision.alarm:
                raise
            over_limit = True
        if not decision.alarm:
            bodies.check_length(body.text)

        def work() -> list[Reply]:
            words = Words.masked(body.text, decision)
            try:
                return answer(conversation, body.id, words, unasked="over_limit" if over_limit else "")
            except DatabaseError:
                if decision.alarm:  # or_card answers; the staff have to learn of it
                    unstored.keep(partial(answer, conversation, body.id, words, unasked="log_unavailable"))
                raise

        return JsonResponse({"replies": or_card(decision, work)})
