"""What every request passes through: an id and a log line; problems instead of error pages."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from web.chat import metrics
from web.chat.body_limit import TOO_LARGE
from web.chat.problems import Problem
from web.logs import request_id

logger = logging.getLogger(__name__)

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

Next = Callable[[HttpRequest], HttpResponseBase]


class RequestLog:
    """Gives each request an id, which goes through the log and to Rasa, and writes one line when it is answered."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serves one request."""
        token = request_id.set(uuid.uuid4().hex)
        started = time.perf_counter()
        try:
            response = self._get_response(request)
            response["X-Request-ID"] = request_id.get()
            seconds = time.perf_counter() - started
            # The route, not the path: what is in a path may be anything. Query strings are not logged at all.
            route = f"/{request.resolver_match.route}" if request.resolver_match else "other"
            method = request.method if request.method in _METHODS else "other"
            metrics.REQUESTS.labels(method, route, response.status_code).observe(seconds)
            logger.info(
                "request",
                extra={
                    "method": method,
                    "route": route,
                    "status": response.status_code,
                    "milliseconds": round(seconds * 1000, 1),
                },
            )
            return response
        finally:
            request_id.reset(token)


class Problems:
    """Answers a request that failed with the problem's words."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serves one request, unless its body is too large."""
        if request.META.get(TOO_LARGE):
            return Problem(413, "body_too_large", "This message is too long to be sent in one piece.").response()
        return self._get_response(request)

    def process_exception(self, _request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """The response for an exception that a view raised; None leaves it to Django's handler (500)."""
        if isinstance(error, Problem):
            return error.response()
        if isinstance(error, DatabaseError):
            logger.error("the log could not be read or written", exc_info=error)
            detail = "Your message could not be kept just now. Please send it again in a moment."
            return Problem(503, "log_unavailable", detail, {"Retry-After": "5"}).response()
        return None
