"""Request bodies: JSON in, checked values out."""

from __future__ import annotations

import json
import re
import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from web.chat.problems import Problem

#: Characters that a message may have.
TEXT_LIMIT = 2000
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])


def clean(value: Any) -> Any:
    """A text as it can be stored anywhere: no control characters, no half of a character, no space around it.

    A widget that cuts an emoji in two sends such a half; the words around it still count.
    """
    if not isinstance(value, str):
        return value
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.translate(_CONTROLS).strip()


def _uuid(value: Any) -> uuid.UUID:
    """A UUID from its usual form of 36 characters; no other form is taken."""
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise ValueError("not a UUID")
    return uuid.UUID(value)


Text = Annotated[str, BeforeValidator(clean)]
Id = Annotated[uuid.UUID, BeforeValidator(_uuid)]


class MessageBody(BaseModel):
    """Body of ``POST /chat/messages``."""

    model_config = ConfigDict(strict=True)

    id: Id
    text: Text


class FeedbackBody(BaseModel):
    """Body of ``POST /chat/feedback``."""

    model_config = ConfigDict(strict=True)

    reply: Id
    helpful: bool
    comment: Text | None = None


def read[Body: BaseModel](request: HttpRequest, body: type[Body]) -> Body:
    """The body of a request.

    Raises:
        Problem: 415 it is not said to be JSON; 400 it is not JSON; 422 its values are not as described.
    """
    if request.content_type != "application/json":
        raise Problem(415, "not_json", "This door takes JSON (Content-Type: application/json).")
    try:
        values = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "not_json", "The request's body is not JSON.") from error
    try:
        return body.model_validate(values)
    except ValidationError as error:
        names = sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}) or ["body"]
        raise Problem(422, "invalid", f"The request is not complete or not right: {', '.join(names)}.") from error


def check_length(text: str) -> None:
    """Holds a text to 1 to 2,000 characters.

    Raises:
        Problem: 422 it is empty or too long.
    """
    if not text:
        raise Problem(422, "invalid", "The message is empty. Please type a few words.")
    if len(text) > TEXT_LIMIT:
        raise Problem(422, "text_too_long", f"Please keep a message to {TEXT_LIMIT:,} characters.")
