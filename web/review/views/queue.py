"""The first page: what is to be read, the most urgent first."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from web.chat.models import CrisisStub
from web.chat.writing import writing
from web.review import queue
from web.review.access import StaffView, staff
from web.review.audit import Action, record
from web.review.models import DEMO, StubSeen, Tag
from web.review.roles import Right


class QueueView(StaffView):
    """Conversations by urgency, with filters and search."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A page of the queue."""
        form, chosen = queue.chosen(request.GET)
        found = queue.matching(chosen, request.user)
        counts = queue.waiting()
        first = None
        if set(chosen.values) <= {"rank"}:
            total = sum(n for rank, n in counts.items() if chosen.values.get("rank") in (None, int(rank)))
            number = (total, False)
        else:
            first = queue.first_places(found)
            number = queue.counted(len(first))
        page = queue.page(found, request.GET.get("after", ""), request.GET.get("before", ""), first)
        context = {
            "form": form,
            "chosen": chosen,
            "page": page,
            "number": number,
            "waiting": [(rank, n, chosen.but(rank=int(rank), show=None)) for rank, n in counts.items()],
            "all_waiting": sum(counts.values()),
            "all_address": chosen.but(rank=None, show=None),
            "stubs": CrisisStub.objects.filter(seen=None).order_by("-happened_at")[:20],
            "demonstration": Tag.objects.filter(name=DEMO).exists(),
            "more_filters": set(chosen.values) - {"q", "rank", "show"},
        }
        return render(request, "review/queue.html", context)


class StubView(StaffView):
    """Takes note that a conversation which had raised an alarm was deleted by its visitor."""

    right = Right.REVIEW

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Notes who saw it."""
        stub = get_object_or_404(CrisisStub, pk=number)
        with writing():
            _, made = StubSeen.objects.get_or_create(stub=stub, defaults={"by": staff(request)})
            if made:
                record(request.user, Action.STUB_SEEN, stub=stub.pk, kind=stub.kind)
        messages.success(request, "Noted.")
        return redirect("review:queue")
