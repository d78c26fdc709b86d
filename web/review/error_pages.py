"""Errors of pages under /staff/ as pages; those of the door stay problems in JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from web.chat import problems
from web.review.middleware import PREFIX


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
