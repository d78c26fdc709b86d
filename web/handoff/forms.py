"""The staff's forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from web.handoff.call_queue import LAST
from web.handoff.models import Try

#: How far away the next try may be.
_FARTHEST = timedelta(days=366)


class VersionForm(forms.Form):
    """The version that a page showed."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class TryForm(VersionForm):
    """What came of a try, and when to call again."""

    result = forms.ChoiceField(choices=Try.Result.choices, widget=forms.RadioSelect)
    again_at = forms.DateTimeField(
        required=False,
        label="Call again",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        """A try that is not the last one needs a time to call again, in the time to come."""
        values: dict[str, Any] = super().clean() or {}
        if "result" in values and values["result"] not in LAST and "again_at" in values:
            if values["again_at"] is None:
                self.add_error("again_at", "Say when to call again.")
            elif values["again_at"] <= timezone.now():
                self.add_error("again_at", "This time is over. Choose a later one.")
            elif values["again_at"] > timezone.now() + _FARTHEST:
                self.add_error("again_at", "This is more than a year away. Choose an earlier time.")
        return values
