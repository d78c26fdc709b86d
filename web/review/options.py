"""The options of a select element, written at once: Django renders a template for each of a hundred topics."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from web.review import labels


def options(choices: Iterable[tuple[Any, Any]], value: str = "") -> SafeString:
    """The option elements of choices, which may be in groups.

    Args:
        choices: (value, label), or (group, choices).
        value: the one that is selected.
    """
    parts = []
    for name, label in choices:
        if isinstance(label, list | tuple):
            parts.append(format_html('<optgroup label="{}">{}</optgroup>', name, options(label, value)))
        else:
            selected = " selected" if str(name) == value else ""
            parts.append(format_html('<option value="{}"{}>{}</option>', name, selected, label))
    return format_html_join("", "{}", ((part,) for part in parts))


class QuickSelect(forms.Select):
    """A select element without a template for each option."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The element."""
        chosen = "" if value is None else str(value)
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        written = format_html_join("", ' {}="{}"', ((key, text) for key, text in given.items() if text is not False))
        return format_html("<select{}>{}</select>", written, options(self.choices, chosen))


@cache
def targets() -> SafeString:
    """The options for what a sentence should have been."""
    return options([(group, list(names.items())) for group, names in labels.targets().items()])
