"""Names for people, and numbers as SVG wants them."""

from __future__ import annotations

from typing import Any

from django import template

from web.review import labels
from web.review.ranks import Rank

register = template.Library()


@register.filter
def kind_label(kind: str) -> str:
    """A kind of reply."""
    return labels.KINDS.get(kind, kind)


@register.filter
def topic_label(topic: str) -> str:
    """A topic."""
    return labels.topic(topic)


@register.filter
def target_label(name: str) -> str:
    """What a correction says."""
    return labels.target(name)


@register.filter
def danger_label(danger: str) -> str:
    """A danger: what it is, never how great."""
    return labels.DANGERS.get(danger, danger)


@register.filter
def language_label(language: str) -> str:
    """A language."""
    return labels.LANGUAGES.get(language, language)


@register.filter
def rank_label(rank: int) -> str:
    """A reason to read."""
    return Rank(rank).label


@register.filter
def rank_slug(rank: int) -> str:
    """A reason to read, for style sheets."""
    return Rank(rank).slug


@register.filter
def unlocal(number: float) -> str:
    """A number with a point, whatever the language."""
    return f"{number:g}"


@register.filter
def get(values: dict[Any, Any], key: Any) -> Any:
    """A value of a dictionary, nothing where it has none."""
    return values.get(key, ())
