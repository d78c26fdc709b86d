"""``/``: a plain page of a clinic with the widget on it, to try the chat without a site of one's own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from safety.replies import CLINIC, SECTIONS
from web.chat.views.base import DoorView

_CONTEXT = {"clinic": CLINIC, "sections": [{"id": name, **section} for name, section in SECTIONS.items()]}


class PageView(DoorView):
    """The demonstration page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Gives the page. The template takes ``clinic`` (data/clinic.yml) and ``sections`` (id, title, anchor)."""
        return render(request, "chat/demo.html", _CONTEXT)
