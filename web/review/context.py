"""What every page of the console shows: who is signed in, and what that account may open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from web.review.access import PREFIX
from web.review.roles import Right, may, role_of


def console(request: HttpRequest) -> dict[str, Any]:
    """Template context of pages under /staff/; nothing for those of visitors."""
    if not request.path.startswith(PREFIX) or not hasattr(request, "user"):
        return {}
    user: Any = request.user
    if not user.is_authenticated or not user.is_verified():
        return {"role": None}
    return {"role": role_of(user), "may": {right.value: may(user, right) for right in Right}}
