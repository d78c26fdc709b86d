"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever runs the door."""

from __future__ import annotations

import logging
import uuid

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from web.chat import metrics
from web.chat.addresses import from_this_machine
from web.chat.models import Conversation
from web.chat.readiness import rasa_answers
from web.chat.views.base import DoorView
from web.chat.writing import URGENT, writing

logger = logging.getLogger(__name__)


class HealthView(DoorView):
    """Whether this process lives."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Says so."""
        return JsonResponse({"status": "ok"})


class ReadinessView(DoorView):
    """Whether a visitor would be answered: 200 when the log and Rasa are there, 503 when one is not."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Looks at the log and asks Rasa a question."""
        checks = {"log": _log_is_there(), "rasa": rasa_answers()}
        ready = all(checks.values())
        return JsonResponse({"status": "ok" if ready else "unavailable", **checks}, status=200 if ready else 503)


class MetricsView(DoorView):
    """Counts and times, for this machine itself or with METRICS_TOKEN as bearer token."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Gives the metrics; to others there is nothing here."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        known = (
            bool(settings.METRICS_TOKEN)
            and scheme.lower() == "bearer"
            and constant_time_compare(token, settings.METRICS_TOKEN)
        )
        if not known and not from_this_machine(request):
            raise Http404
        return HttpResponse(generate_latest(metrics.registry()), content_type=CONTENT_TYPE_LATEST)


def _log_is_there() -> bool:
    """Whether the log can be read and written: a change of no row says so where the files may only be read."""
    try:
        with writing(URGENT):
            Conversation.objects.filter(id=uuid.UUID(int=0)).update(care_since=None)
    except DatabaseError as error:
        logger.error("the log cannot be read or written", exc_info=error)
        return False
    return True
