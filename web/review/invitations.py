"""Invitations by a link that opens once: for a new account, or to set password and second factor of one anew."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from web.chat.writing import writing
from web.review.audit import Action, record
from web.review.models import Invitation
from web.review.roles import ROLES, role_of

VALID = timedelta(days=7)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@writing()
def invite(username: str, role: str, by: Any) -> str:
    """Makes an invitation in place of an earlier one for the same name; gives the token of its link.

    Args:
        username: the name of the account, new or there already.
        role: one of web.review.roles.ROLES; an account that is there keeps its own.
        by: who invites, None on the command line.

    Raises:
        ValueError: there is no such role.
    """
    if role not in ROLES:
        raise ValueError(f"there is no role {role!r}")
    there = User.objects.filter(username=username).first()
    role = role_of(there) or role
    token = secrets.token_urlsafe(32)
    Invitation.objects.filter(username=username, used_at=None).update(expires_at=timezone.now())
    Invitation.objects.create(
        digest=_digest(token), username=username, role=role, by=by, expires_at=timezone.now() + VALID
    )
    record(by, Action.INVITED, name=username, role=role, actor="command line")
    return token


def open_one(token: str) -> Invitation | None:
    """The invitation of a link, or None when there is none that can still be used."""
    return Invitation.objects.filter(digest=_digest(token), used_at=None, expires_at__gt=timezone.now()).first()


@writing()
def accept(token: str, password: str) -> User | None:
    """Uses an invitation up: makes the account, or sets its password and takes its second factor away.

    Returns:
        the account; None when somebody was faster with the same link.
    """
    invitation = open_one(token)
    if invitation is None or not Invitation.objects.filter(pk=invitation.pk, used_at=None).update(
        used_at=timezone.now()
    ):
        return None
    user, made = User.objects.get_or_create(username=invitation.username)
    user.set_password(password)
    user.is_active = True
    user.is_staff = invitation.role == "manager"
    user.save()
    if made:
        user.groups.set([Group.objects.get(name=invitation.role)])
    TOTPDevice.objects.filter(user=user).delete()
    record(None, Action.ACCOUNT_OPENED, actor=user.username, role=invitation.role, again=not made)
    return user
