"""Guards everything under /staff/: who is not signed in with both factors, or lacks the right, does not get through."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from csp.constants import SELF
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode

from web.review import error_pages
from web.review.access import PREFIX, SignInStep, StaffView
from web.review.audit import Action, record
from web.review.roles import Right, may, role_of

ADMIN = "/staff/admin/"
#: Seconds to which the last click is known: not every page writes to the session.
_PRECISION = 60


class StaffArea:
    """Lets a request under /staff/ through when its view says who may see it, and the account may."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serves one request; what is under /staff/ is kept by no cache."""
        response = self._get_response(request)
        if request.path.startswith(PREFIX):
            response = error_pages.as_page(request, response)
            response.headers["Cache-Control"] = "no-store"
            response._csp_replace = {"form-action": [SELF]}  # type: ignore[attr-defined]
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """The refusal, or None for a request that may go on."""
        if not request.path.startswith(PREFIX):
            return None
        page = getattr(view, "view_class", None)
        if request.user.is_authenticated and _over(request):
            logout(request)
            messages.info(request, "You were signed out after a while without a click. Please sign in again.")
        if page is not None and issubclass(page, SignInStep):
            if page.after_password and not request.user.is_authenticated:
                return _to("review:sign-in", request)
            return None
        refusal = _step_missing(request)
        if refusal:
            return refusal
        right = _right(request, page)
        if right is None or not may(request.user, right):
            record(request.user, Action.REFUSED, page=getattr(page, "__name__", "admin"), method=request.method)
            raise PermissionDenied
        return None


def _right(request: HttpRequest, page: Any) -> Right | None:
    """What a request needs; None when nobody may."""
    if request.path.startswith(ADMIN):
        return Right.ACCOUNTS
    if page is None or not issubclass(page, StaffView):
        return None
    writing = request.method not in ("GET", "HEAD", "OPTIONS")
    needed: Right = page.changes if writing and page.changes else page.right
    return needed


def _step_missing(request: HttpRequest) -> HttpResponse | None:
    """The way to the step of signing in that is still to be done."""
    user: Any = request.user
    if not user.is_authenticated:
        return _to("review:sign-in", request)
    if not user.is_verified():
        return _to("review:second-factor", request)
    if role_of(user) is None:
        raise PermissionDenied
    return None


def _to(name: str, request: HttpRequest) -> HttpResponse:
    """To a step, and back here after it."""
    response = redirect(name)
    if request.method == "GET" and request.path != PREFIX:
        response["Location"] += "?" + urlencode({"next": request.get_full_path()})
    return response


def _over(request: HttpRequest) -> bool:
    """Whether a session's time is over; else notes the click."""
    now = time.time()
    began = request.session.setdefault("began", now)
    seen = request.session.get("seen", now)
    if now - began > settings.STAFF_SESSION_HOURS * 3600 or now - seen > settings.STAFF_IDLE_MINUTES * 60:
        return True
    if "seen" not in request.session or now - seen > _PRECISION:
        request.session["seen"] = now
    return False
