"""Every page of the staff says which right it needs; one that says nothing is opened to nobody (see middleware)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.views import View

from web.review.roles import Right

#: What the addresses of all pages of the staff begin with.
PREFIX = "/staff/"


class StaffView(View):
    """A page for staff with a right, after password and second factor.

    Attributes:
        right: what the page needs; ``changes`` what its POST needs, when that is more.
    """

    right: ClassVar[Right] = Right.READ
    changes: ClassVar[Right | None] = None


class SignInStep(View):
    """A page on the way to being signed in: open to everybody, or to those whose password was right."""

    #: Whether the password has to be there already.
    after_password: ClassVar[bool] = False


def staff(request: HttpRequest) -> User:
    """The account that a StaffView serves.

    Raises:
        TypeError: nobody is signed in; StaffArea lets no such request through.
    """
    user: Any = request.user
    if not isinstance(user, User) and not isinstance(getattr(user, "_wrapped", None), User):
        raise TypeError("no account")
    found: User = user
    return found
