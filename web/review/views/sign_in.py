"""Signing in: password, second factor, invitation; and out."""

from __future__ import annotations

import time
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as verify
from django_otp.plugins.otp_totp.models import TOTPDevice

from web.chat import rate_limits
from web.review import invitations
from web.review.access import SignInStep
from web.review.audit import Action, record


def _next(request: HttpRequest) -> str:
    """Where to go after signing in: a page of ours, or none."""
    wanted = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours and wanted.startswith("/staff/") else ""


def _onward(request: HttpRequest, name: str) -> HttpResponse:
    response = redirect(name)
    if _next(request):
        response["Location"] += "?" + urlencode({"next": _next(request)})
    return response


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class SignInView(SignInStep):
    """Name and password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return render(request, "review/sign_in.html", {"form": _SignInForm(request)})

    def post(self, request: HttpRequest) -> HttpResponse:
        """To the second factor when they are right. django-axes counts wrong ones, the rate limit all."""
        try:
            rate_limits.count_sign_in(request)
        except rate_limits.TooMany as wait:
            form = _SignInForm(request)
            return render(request, "review/sign_in.html", {"form": form, "wait": wait.detail}, status=429)
        form = _SignInForm(request, data=request.POST)
        if not form.is_valid():
            return render(request, "review/sign_in.html", {"form": form}, status=422)
        login(request, form.get_user())
        request.session["began"] = request.session["seen"] = time.time()
        return _onward(request, "review:second-factor")


class _SignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Name"
        self.error_messages = {
            "invalid_login": "Name or password is not right. After five wrong tries the name is locked for 15 minutes.",
            "inactive": "This account is switched off. A manager can switch it on.",
        }


class _CodeForm(forms.Form):
    code = forms.CharField(
        label="Six digits from the authenticator app",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )


class SecondFactorView(SignInStep):
    """The code of the authenticator app; the first time, setting the app up."""

    after_password = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, with the QR code while no app is set up."""
        return self._page(request, _CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Signed in when the code is right. Wrong ones make the next try wait, longer each time."""
        form, device = _CodeForm(request.POST), _device(request.user)
        if not form.is_valid():
            return self._page(request, form, 422)
        allowed, waiting = device.verify_is_allowed()
        code = "".join(form.cleaned_data["code"].split())
        if not allowed or not device.verify_token(code):
            until = (waiting or {}).get("locked_until")
            form.add_error("code", "Too many tries: please wait a moment." if until else "This code is not right.")
            record(request.user, Action.SIGN_IN_FAILED, step="second factor")
            return self._page(request, form, 422)
        if not device.confirmed:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
        verify(request, device)
        record(request.user, Action.SIGNED_IN)
        return redirect(_next(request) or "review:queue")

    def _page(self, request: HttpRequest, form: _CodeForm, status: int = 200) -> HttpResponse:
        device = _device(request.user)
        context: dict[str, Any] = {"form": form}
        if not device.confirmed:
            context["qr_code"] = segno.make(device.config_url, micro=False).svg_data_uri(
                scale=5, border=2, light="#fff"
            )
            secret = device.config_url.split("secret=")[1].split("&")[0]
            context["secret"] = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
        return render(request, "review/second_factor.html", context, status=status)


def _device(user: Any) -> TOTPDevice:
    """The account's authenticator app, or one that is still to be set up."""
    found = TOTPDevice.objects.filter(user=user).order_by("-confirmed", "pk").first()
    return found or TOTPDevice.objects.create(user=user, name="Authenticator app", confirmed=False)


class SignOutView(SignInStep):
    """Ends the session."""

    after_password = True

    def post(self, request: HttpRequest) -> HttpResponse:
        """Signs out."""
        logout(request)
        messages.info(request, "You are signed out.")
        return redirect("review:sign-in")


class _PasswordForm(forms.Form):
    password = forms.CharField(
        label="Password, 12 characters or more", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(label="The same again", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, username: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.username = username

    def clean(self) -> dict[str, Any]:
        """Holds the password to the rules."""
        values = super().clean() or {}
        if values.get("password") != values.get("again"):
            raise forms.ValidationError("The two passwords are not the same.")
        if values.get("password"):
            validate_password(values["password"], User(username=self.username))
        return values


@method_decorator(sensitive_post_parameters("password", "again"), name="dispatch")
class InvitationView(SignInStep):
    """The link of an invitation: opens once, to set a password."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """The form, or that the link is used up."""
        return self._page(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Makes the account, or sets its password anew; the second factor comes next."""
        invitation = invitations.open_one(token)
        if invitation is None:
            return self._page(request, token)
        form = _PasswordForm(request.POST, username=invitation.username)
        if not form.is_valid():
            return self._page(request, token, form, 422)
        user = invitations.accept(token, form.cleaned_data["password"])
        if user is None:
            return self._page(request, token)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        request.session["began"] = request.session["seen"] = time.time()
        return redirect("review:second-factor")

    def _page(self, request: HttpRequest, token: str, form: Any = None, status: int = 200) -> HttpResponse:
        invitation = invitations.open_one(token)
        if invitation is None:
            context = {
                "title": "This link is used up",
                "words": "It opens once, for a week. Ask a manager for a new one.",
            }
            return render(request, "review/error.html", context, status=410)
        shown = {"invitation": invitation, "form": form or _PasswordForm(username=invitation.username)}
        return render(request, "review/invitation.html", shown, status=status)
