"""``POST /chat/sessions`` and ``DELETE /chat/session``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from web.chat import fallback, rate_limits, tokens
from web.chat.deletion import delete_conversation
from web.chat.models import Conversation, Reply
from web.chat.turns import row
from web.chat.views.base import DoorView
from web.chat.writing import writing


class SessionsView(DoorView):
    """Starting a conversation."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Makes a conversation; gives its token and the greeting with the disclosure. Rasa is not needed."""
        rate_limits.count_session(request)
        with writing():
            conversation = Conversation.objects.create()
            greeting = row(conversation, fallback.disclosure(care=False), Reply.MadeBy.DOOR)
            greeting.save()
        return JsonResponse({"token": tokens.issue(conversation.id), "replies": [greeting.shown()]}, status=201)


class SessionView(DoorView):
    """Ending a conversation."""

    def delete(self, request: HttpRequest) -> HttpResponse:
        """Deletes the visitor's conversation. Asked twice, it is as gone the second time."""
        conversation = tokens.conversation_of(request)
        rate_limits.count_look(request)
        delete_conversation(conversation)
        return HttpResponse(status=204)
