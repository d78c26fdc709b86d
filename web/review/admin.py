"""Django's admin, for accounts alone and for managers alone (StaffArea lets nobody else in)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from web.review.audit import Action, record
from web.review.roles import ROLES, Right, may, role_of

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[User]
    _ModelAdmin = admin.ModelAdmin[User]
else:  # neither takes a parameter at run time
    _ModelForm, _ModelAdmin = forms.ModelForm, admin.ModelAdmin


class AccountForm(_ModelForm):
    """What a manager can change of an account. Password and second factor are set by invitation alone."""

    role = forms.ChoiceField(choices=[(role, role.capitalize()) for role in ROLES])

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["role"] = role_of(self.instance) or "reader"


class AccountAdmin(_ModelAdmin):
    """List and form of the accounts."""

    form = AccountForm
    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "first_name", "last_name")
    ordering = ("username",)
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For managers."""
        return may(request.user, Right.ACCOUNTS)

    has_change_permission = has_view_permission

    def has_module_permission(self, request: HttpRequest) -> bool:
        """For managers."""
        return may(request.user, Right.ACCOUNTS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: accounts are made by invitation."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: accounts are switched off; what they did keeps its name."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Saves the account with its role. Nobody takes the last manager away, or switches the own account off."""
        role = form.cleaned_data["role"]
        if obj.pk == request.user.pk:  # a manager cannot lock everybody out by a slip
            role, obj.is_active = role_of(request.user) or role, True
        obj.is_staff = role == "manager"
        obj.is_superuser = False
        super().save_model(request, obj, form, change)
        obj.groups.set([Group.objects.get(name=role)])
        record(request.user, Action.ACCOUNT_CHANGED, name=obj.username, role=role, active=obj.is_active)


class Accounts(admin.AdminSite):
    """The admin's site."""

    site_header = site_title = "Accounts"
    index_title = "Accounts"
    site_url = "/staff/"

    def has_permission(self, request: HttpRequest) -> bool:
        """For managers."""
        return may(request.user, Right.ACCOUNTS)


accounts = Accounts(name="accounts")
accounts.register(User, AccountAdmin)
