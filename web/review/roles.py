"""Who may do what. This table is all there is: Django's own permissions are not used."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Right(StrEnum):
    """Something that a page asks for."""

    READ = "read"
    REVIEW = "review"
    EXPORT = "export"
    DELETE = "delete"
    AUDIT = "audit"
    ACCOUNTS = "accounts"


#: Rights of each role. A role is a group of the same name.
ROLES: dict[str, frozenset[Right]] = {
    "reader": frozenset({Right.READ}),
    "reviewer": frozenset({Right.READ, Right.REVIEW}),
    "manager": frozenset(Right),
}


def role_of(user: Any) -> str | None:
    """The role of an account, that with the most rights where it has several; None when it has none."""
    if not getattr(user, "is_active", False) or not user.is_authenticated:
        return None
    known: str | None = getattr(user, "_review_role", None)
    if known is None:
        names = set(user.groups.values_list("name", flat=True))
        known = next((role for role in reversed(ROLES) if role in names), "")
        user._review_role = known
    return known or None


def may(user: Any, right: Right) -> bool:
    """Whether an account has a right."""
    role = role_of(user)
    return role is not None and right in ROLES[role]
