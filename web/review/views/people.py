"""Accounts: who is there, and invitations. The audit trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from web.privacy import retention
from web.review import invitations
from web.review.access import StaffView
from web.review.audit import Action
from web.review.entered import whole_number
from web.review.models import AuditEntry, Invitation
from web.review.roles import ROLES, Right, role_of

_PAGE = 100
_ROLES = {
    "reader": "Reader: reads",
    "reviewer": "Reviewer: reads, notes, reviews, teaches",
    "manager": "Manager: all that, and accounts, export, deletion, audit trail",
}


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    username = forms.CharField(label="Name", max_length=150, validators=[UnicodeUsernameValidator()])
    role = forms.ChoiceField(label="Role", choices=[(role, _ROLES[role]) for role in ROLES])


class PeopleView(StaffView):
    """The accounts, and inviting somebody."""

    right = Right.ACCOUNTS

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self._page(request, InvitationForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Makes an invitation; its link is shown this once."""
        form = InvitationForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        token = invitations.invite(form.cleaned_data["username"], form.cleaned_data["role"], request.user)
        link = request.build_absolute_uri(reverse("review:invitation", args=[token]))
        return self._page(request, InvitationForm(), link=link, invited=form.cleaned_data["username"])

    def _page(self, request: HttpRequest, form: InvitationForm, status: int = 200, **more: Any) -> HttpResponse:
        people = [(user, role_of(user)) for user in User.objects.order_by("username").prefetch_related("groups")]
        waiting = Invitation.objects.filter(used_at=None, expires_at__gt=timezone.now()).select_related("by")
        context = {"form": form, "people": people, "waiting": waiting, **more}
        return render(request, "review/people.html", context, status=status)


class AuditView(StaffView):
    """The audit trail. It can be read here, not changed."""

    right = Right.AUDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        """A page of it, the newest entry first."""
        entries = AuditEntry.objects.order_by("-pk")
        action, conversation = request.GET.get("action", ""), request.GET.get("conversation", "").strip()
        if action in set(Action):
            entries = entries.filter(action=action)
        if conversation:
            form = forms.UUIDField()
            try:
                entries = entries.filter(conversation=form.clean(conversation))
            except forms.ValidationError:
                messages.error(request, "This is no id of a conversation.")
                return redirect("review:audit")
        before = whole_number(request.GET.get("before", ""))
        if before is not None:
            entries = entries.filter(pk__lt=before)
        rows = list(entries[: _PAGE + 1])
        following = rows[_PAGE - 1].pk if len(rows) > _PAGE else None
        context = {
            "entries": rows[:_PAGE],
            "following": following,
            "actions": list(Action),
            "action": action,
            "conversation": conversation,
            "retention": retention.status(timezone.now()),
        }
        return render(request, "review/audit.html", context)
