"""What is done with a request when every thread is taken: words in which there is danger go first, the rest is refused.

Without this, requests wait in line: at five times what the door can serve a crisis card is a minute away.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from safety import judge
from web.chat.body_limit import BODY_LIMIT

if TYPE_CHECKING:
    from django.http import HttpResponse

#: Seconds after which a refused client may try again.
_AGAIN = 10
#: Characters of a text that is judged here, in the loop that everybody waits for: as many as a message may have.
_LONGEST = 2000
#: What is served in any case: who watches over the door has to know that it lives.
_ALWAYS = b"GET /healthz "


def urgent(data: bytes) -> bool:
    """Whether a request goes first: something in its JSON body needs a card, or it asks for a sign of life.

    Args:
        data: the request as it came, head and body.
    """
    if data.startswith(_ALWAYS):
        return True
    body = data.partition(b"\r\n\r\n")[2]
    try:
        values = json.loads(body) if len(body) <= BODY_LIMIT else None
    except (ValueError, RecursionError):
        return False
    texts = values.values() if isinstance(values, dict) else ()
    return any(judge(text).alarm for text in texts if isinstance(text, str) and len(text) <= _LONGEST)


def refusal() -> HttpResponse:
    """503 with the numbers to call."""
    from web.chat import metrics
    from web.chat.problems import Problem

    metrics.REFUSED.labels("overload").inc()
    detail = f"Very many people are writing here right now. Please try again in {_AGAIN} seconds."
    return Problem(503, "too_busy", detail, {"Retry-After": str(_AGAIN)}).response()
