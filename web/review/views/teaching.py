"""Corrections that wait, and what learning them would change."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from web.review import labels, teaching, work
from web.review.access import StaffView
from web.review.example_files import example_files
from web.review.models import Correction
from web.review.roles import Right


class TeachingView(StaffView):
    """What was proposed, what would be written into which file, and what was learned."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        states = Correction.State
        rows = Correction.objects.select_related("by", "decided_by", "message")
        proposed = [_shown(row) for row in rows.filter(state__in=(states.PROPOSED, states.REFUSED))[:200]]
        accepted = sorted(
            (_shown(row) for row in rows.filter(state=states.ACCEPTED)[:500]), key=lambda row: row["place"]
        )
        done = [_shown(row) for row in rows.filter(state__in=(states.LEARNED, states.DECLINED)).order_by("-pk")[:50]]
        context = {
            "proposed": proposed,
            "difference": [(place, list(group)) for place, group in groupby(accepted, key=lambda row: row["place"])],
            "accepted": len(accepted),
            "done": done,
        }
        return render(request, "review/teaching.html", context)


def _shown(row: Correction) -> dict[str, Any]:
    place = example_files().get(row.should_be, "data/")
    return {
        "row": row,
        "was": labels.topic(row.was) if row.was else "Nothing",
        "should_be": labels.target(row.should_be),
        "place": f"{place}, {row.should_be.removeprefix('danger:')}",
    }


class DecideView(StaffView):
    """Accepts or declines a correction."""

    right = Right.REVIEW

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Decides, unless somebody else has."""
        get_object_or_404(Correction, pk=number)
        try:
            teaching.decide(number, "accept" in request.POST, request.user)
        except work.ChangedMeanwhile:
            messages.error(request, "Somebody else has decided on this one.")
        return redirect("review:teaching")
