"""What all views of the door share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from web.chat.problems import Problem


@method_decorator(csrf_exempt, name="dispatch")  # a bearer token, no cookies: nothing that another site could ride on
class DoorView(View):
    """A view whose answers are not kept by caches, and which answers a wrong method with a problem."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Serves one request."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answers a method that this address does not have."""
        allowed = ", ".join(name.upper() for name in self.http_method_names if hasattr(self, name))
        return Problem(405, "method_not_allowed", "This address does not do that.", {"Allow": allowed}).response()
