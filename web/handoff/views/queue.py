"""``/staff/callbacks/``: the queue of call-back requests, and the page of one."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from web.chat import opening
from web.handoff import call_queue
from web.handoff.call_queue import ChangedMeanwhile
from web.handoff.forms import TryForm, VersionForm
from web.handoff.models import CallBack, Try
from web.review.access import StaffView, staff
from web.review.audit import Action, record
from web.review.roles import Right, may

_PAGE = 50
#: After a try that reached nobody, the page proposes to call again so many hours later.
_AGAIN = timedelta(hours=3)


class QueueView(StaffView):
    """The requests in the order in which they are due, or those that are done."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Shows a page of them. ``?done=1``: those that are done."""
        showing_done = "done" in request.GET
        rows = (call_queue.done() if showing_done else call_queue.waiting()).annotate(times_tried=Count("tries"))
        page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
        now = timezone.now()
        context = {
            "page": page,
            "rows": [{"call_back": row, "overdue": row.overdue(now)} for row in page],
            "showing_done": showing_done,
            "waiting": call_queue.waiting().count(),
            "overdue": call_queue.waiting().filter(due_at__lt=now).count(),
        }
        return render(request, "handoff/queue.html", context)


class CallBackView(StaffView):
    """One request: whom to call, and what was done about it."""

    changes = Right.REVIEW

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Shows it; that it was read is written down."""
        call_back = _find(pk)
        record(staff(request), Action.READ, call_back.conversation_id, call_back=str(pk))
        return _page(request, call_back)

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Claims, releases, writes down a try, closes or reopens; shows what somebody else did meanwhile instead."""
        call_back = _find(pk)
        step = request.POST.get("step", "")
        form = TryForm(request.POST) if step == "try" else VersionForm(request.POST)
        if not form.is_valid():
            return _page(request, call_back, form, status=422)
        try:
            said = _do(step, call_back, form.cleaned_data, request)
        except ChangedMeanwhile:
            messages.error(request, "Somebody changed this request meanwhile. Nothing was done; this is how it stands.")
            return _page(request, _find(pk), status=409)
        record(staff(request), Action.CALL_BACK, call_back.conversation_id, call_back=str(pk), step=step)
        messages.success(request, said)
        return redirect("handoff:call-back", pk=pk)


def _find(pk: uuid.UUID) -> CallBack:
    """A request.

    Raises:
        Http404: there is none (any more).
    """
    found = CallBack.objects.select_related("claimed_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _do(step: str, call_back: CallBack, values: dict[str, Any], request: HttpRequest) -> str:
    """Does one step; gives what to say about it."""
    user, key = staff(request), (call_back.pk, values["version"])
    match step:
        case "claim":
            call_queue.claim(*key, user)
            return "It is yours to call."
        case "release":
            call_queue.release(*key, user, of_anybody=may(user, Right.ACCOUNTS))
            return "It is free for anybody to call."
        case "try":
            result = Try.Result(values["result"])
            call_queue.note_try(*key, user, result, values["again_at"])
            return f"Noted: {result.label.lower()}."
        case "finish":
            call_queue.finish(*key, user)
            return "It is done."
        case "reopen":
            call_queue.reopen(*key, user)
            return "It is open again, and yours."
    raise Http404


def _page(
    request: HttpRequest, call_back: CallBack, form: VersionForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of one request."""
    user = staff(request)
    now = timezone.now()
    context = {
        "call_back": call_back,
        "overdue": call_back.overdue(now),
        "tries": call_back.tries.select_related("made_by"),
        "mine": call_back.claimed_by_id == user.pk,
        "may_work": may(user, Right.REVIEW),
        "may_release": call_back.claimed_by_id == user.pk or may(user, Right.ACCOUNTS),
        "form": form if isinstance(form, TryForm) else TryForm(initial={"again_at": _proposed(now)}),
    }
    return render(request, "handoff/call_back.html", context, status=status)


def _proposed(now: datetime) -> datetime:
    """When to call again, unless somebody says otherwise: when the clinic is open, where that is known."""
    return timezone.localtime(opening.next_open(now + _AGAIN)).replace(minute=0, second=0, microsecond=0)
