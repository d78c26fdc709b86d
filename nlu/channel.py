"""The inner channel: how the door talks to Rasa on loopback. A request is one message, its answer all replies to it."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any, Optional

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from nlu import previous_model, rasa_internals
from nlu.forgetting import forget

logger = logging.getLogger(__name__)


class ReplyCollector(CollectingOutputChannel):
    """Keeps each message of a turn as the reply maker made it, instead of splitting it into plain parts."""

    @classmethod
    def name(cls) -> str:
        """Name of the channel, as the reply maker sees it."""
        return "inner"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps the whole message."""
        self.messages.append(message)


#: What Rasa would strip, and the slashes behind it.
_COMMAND_MARKS = re.compile(r"^[\s/\u200b]+")


def plain_words(text: str) -> str:
    """The text without the slashes in front that Rasa would take for a command ("/restart") or an intent.

    Such text would replace the intent after all components, the safety floor included. What a visitor types is words;
    where nothing else is left, a question mark stands for it, so that there is an answer.
    """
    return _COMMAND_MARKS.sub("", text) or "?"


class InnerInput(InputChannel):
    """The routes under ``/webhooks/inner``.

    ``GET /`` says whether the model is loaded (200 or 503), and which.
    ``POST /webhook`` takes ``{"sender", "text", "metadata"?}``.
    ``DELETE /conversations/<sender>`` forgets a conversation: 204 when nothing of it is left (or there never was any),
    503 while the model is loading, 500 when it could not be forgotten.

    ``POST`` answers 200 with ``{"replies": [...], "understood": {...}, "escalation": {...} | null}``, 400 for a request
    that is not of that form, and 500 when no reply came out of the turn (Rasa's own channels answer 200 then).
    """

    @classmethod
    def name(cls) -> str:
        """Name of the channel in credentials.yml's URL."""
        return "inner"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The channel's routes (called by Rasa at start)."""
        rasa_internals.replace()
        previous_model.replace()
        inner = Blueprint("inner_channel")

        @inner.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"status": "loading"}, status=503)
            model = {"model": agent.processor.model_filename, "assistant": agent.processor.model_metadata.assistant_id}
            return response.json({"status": "ok", **model})

        @inner.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            problem = _problem(request.json)
            if problem:
                return response.json({"error": problem}, status=400)
            collector = ReplyCollector()
            message = UserMessage(
                plain_words(request.json["text"]),
                collector,
                request.json["sender"],
                input_channel=self.name(),
                metadata=request.json.get("metadata") or {},
            )
            await on_new_message(message)
            turn = _turn(collector.messages)
            if not turn["replies"]:
                logger.error("No reply was made for a turn; the log above has the reason.")
                return response.json({"error": "no reply was made"}, status=500)
            return response.json(turn)

        @inner.route("/conversations/<sender:str>", methods=["DELETE"])
        async def delete(request: Request, sender: str) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"status": "loading"}, status=503)
            try:
                await forget(agent, sender)
            except Exception as error:  # noqa: BLE001 (whatever it is, the door asks again until it is done)
                logger.error(f"A conversation could not be forgotten: {type(error).__name__}")
                return response.json({"error": "not forgotten"}, status=500)
            return response.empty()

        return inner


def _problem(body: Any) -> Optional[str]:
    """What is wrong with a request, in words, or None."""
    if not isinstance(body, dict):
        return "the body has to be a JSON object"
    for key in ("sender", "text"):
        if not isinstance(body.get(key), str) or not body[key].strip():
            return f"'{key}' has to be a text that is not empty"
    if not isinstance(body.get("metadata", {}), (dict, type(None))):
        return "'metadata' has to be an object"
    return None


def _turn(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """One answer from the messages of a turn: the reply maker's, and what action_escalate sent after it."""
    turn: dict[str, Any] = {"replies": [], "understood": None, "escalation": None}
    for message in messages:
        turn["replies"] += message.get("replies", [])
        turn["understood"] = message.get("understood", turn["understood"])
        turn["escalation"] = (message.get("custom") or {}).get("escalation", turn["escalation"])
    return turn
