"""Errors as RFC 9457 problem details, in words for people and with the numbers to call."""

from __future__ import annotations

import http
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse

from safety.replies import CLINIC
from web.logs import request_id

#: Ends each problem that a visitor may read.
HELP = (
    "You can call the clinic at {clinic_phone}. In a crisis, call or text {lifeline}, or call {emergency}."
).format_map(CLINIC)


class Problem(Exception):
    """A request that cannot be answered as asked.

    Args:
        status: the HTTP status.
        code: what is wrong, for programs; docs/chat-api.md lists them.
        detail: what is wrong, for people: whole sentences. The numbers to call are added.
        headers: headers of the response.
        members: further members of the problem, for programs.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.headers = status, code, detail, dict(headers or {})
        self.members = dict(members or {})

    def response(self) -> JsonResponse:
        """The problem as application/problem+json."""
        return JsonResponse(
            {
                "type": "about:blank",
                "title": http.HTTPStatus(self.status).phrase,
                "status": self.status,
                "code": self.code,
                "detail": f"{self.detail} {HELP}",
                "request_id": request_id.get(),
                **self.members,
            },
            status=self.status,
            content_type="application/problem+json",
            headers={"Cache-Control": "no-store", **self.headers},
        )


def bad_request(_request: HttpRequest, exception: Any = None) -> JsonResponse:
    """Django's handler for a request that it could not make sense of."""
    return Problem(400, "bad_request", "This request could not be understood.").response()


def forbidden(_request: HttpRequest, exception: Any = None) -> JsonResponse:
    """Django's handler for a request that is not allowed."""
    return Problem(403, "forbidden", "This is not allowed here.").response()


def not_found(_request: HttpRequest, exception: Any = None) -> JsonResponse:
    """Django's handler for an address that does not exist."""
    return Problem(404, "not_found", "There is nothing at this address.").response()


def server_error(_request: HttpRequest | None = None) -> JsonResponse:
    """Django's handler for an error of ours."""
    return Problem(500, "server_error", "Something went wrong here, and it is not your fault.").response()


def unreadable(status: int) -> JsonResponse:
    """For what the server could not read as a request, before Django saw any of it."""
    return Problem(status, "bad_request", "This request could not be understood.").response()
