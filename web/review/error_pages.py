"""Errors of pages under /staff/ as pages; those of the door stay problems in JSON."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from web.chat import problems
from web.review.access import PREFIX

#: Title and words of a refusal that is no page yet, by status.
_REFUSALS = {
    405: ("Not this way", "Only a form can be sent to this address. Go back to the page that it stands on."),
    413: ("Too long", "This is too much for one form. Go back, shorten it and send it again."),
    503: ("Please try again", "The log could not be read or written just now. Go back and try again in a moment."),
}
_FAILED = ("That did not work", "Something went wrong here, and it is not your fault. Look first whether it was saved.")


def _page(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    return render(request, "review/error.html", {"title": title, "words": words}, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400."""
    if not request.path.startswith(PREFIX):
        return problems.bad_request(request, exception)
    return _page(request, 400, "That did not work", "The address or the form could not be understood.")


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403."""
    if not request.path.startswith(PREFIX):
        return problems.forbidden(request, exception)
    return _page(request, 403, "Not with this account", "Your role does not open this page. A manager can change that.")


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404."""
    if not request.path.startswith(PREFIX):
        return problems.not_found(request, exception)
    return _page(request, 404, "Not found", "There is nothing here. The conversation may have been deleted.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was not sent from one of our own pages, or by somebody signed out since."""
    if not request.path.startswith(PREFIX):
        return problems.forbidden(request)
    return _page(request, 403, "Please try again", "This form is too old. Go back, reload the page and send it again.")


def as_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A refusal as a page, where it is none: a problem in JSON, or a status with nothing to read."""
    if response.status_code < 400 or getattr(response, "content", b"").lstrip().startswith(b"<"):
        return response
    try:
        page = _page(request, response.status_code, *_REFUSALS.get(response.status_code, _FAILED))
    except DatabaseError:  # who is signed in cannot be read; the problem has words too
        return response
    for name in ("Allow", "Retry-After"):
        if name in response:
            page[name] = response[name]
    return page
