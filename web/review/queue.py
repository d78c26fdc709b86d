"""The queue: which conversations are shown, in which order, and how many there are. Reads summaries alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.http import urlencode

from web.review import labels, search
from web.review.counts import bounds
from web.review.entered import DayField, whole_number
from web.review.models import ConversationSummary, ConversationTopic, Tag
from web.review.options import QuickSelect
from web.review.ranks import KIND_BITS, NOT_UNDERSTOOD, Rank

PAGE_SIZE = 25
#: Matches are counted up to here; beyond, "more than".
COUNTED = 1000

_SHOWN_KINDS = ("answer", "not_on_page", "personal", "crisis", "emergency", "clarify", "small_talk", "fallback")


class QueueFilter(forms.Form):
    """What the staff chose to see. All of it combines; what makes no sense is left out."""

    q = forms.CharField(label="Words", required=False, max_length=200, strip=True)
    show = forms.ChoiceField(
        label="Show", required=False, choices=[("", "To review"), ("reviewed", "Reviewed"), ("all", "All")]
    )
    rank = forms.TypedChoiceField(
        label="Reason", required=False, coerce=int, empty_value=None, choices=[(int(r), r.label) for r in Rank]
    )
    kind = forms.ChoiceField(label="Kind of answer", required=False)
    topic = forms.ChoiceField(label="Topic", required=False)
    since = DayField(label="From", required=False)
    until = DayField(label="To", required=False)
    confidence = forms.TypedChoiceField(
        label="Confidence",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Any"), ("40", "Below 40 %"), ("60", "Below 60 %"), ("80", "Below 80 %")],
    )
    feedback = forms.ChoiceField(
        label="Feedback", required=False, choices=[("", "Any"), ("down", "Thumbs down"), ("up", "Thumbs up")]
    )
    language = forms.ChoiceField(label="Language", required=False, choices=[("", "Any"), *labels.LANGUAGES.items()])
    assigned = forms.ChoiceField(
        label="Assigned", required=False, choices=[("", "Any"), ("me", "To me"), ("nobody", "To nobody")]
    )
    tag = forms.CharField(label="Tag", required=False, max_length=40, strip=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.widget = QuickSelect()
                field.choices = field.choices  # hands them to the new widget
        self.fields["rank"].choices = [("", "Any"), *((int(rank), rank.label) for rank in Rank)]  # type: ignore[attr-defined]
        kinds = [(kind, labels.KINDS[kind]) for kind in _SHOWN_KINDS]
        self.fields["kind"].choices = [("", "Any"), *kinds]  # type: ignore[attr-defined]
        topics = [(group, list(names.items())) for group, names in labels.targets().items() if group != "Danger"]
        self.fields["topic"].choices = [("", "Any"), *topics]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Chosen:
    """The filters that are set, by name, and the address that sets them again."""

    values: dict[str, Any]

    @property
    def address(self) -> str:
        """As a query string, empty when nothing is set."""
        return urlencode(self.values)

    def but(self, **changes: Any) -> str:
        """The query string with some filters changed, or left out where the value is None."""
        values = {**self.values, **changes}
        return urlencode({name: value for name, value in values.items() if value not in (None, "")})

    def __bool__(self) -> bool:
        return bool(self.values)


def chosen(data: Mapping[str, Any]) -> tuple[QueueFilter, Chosen]:
    """The form for some query parameters, and the filters in it that make sense."""
    form = QueueFilter(data)
    form.is_valid()
    return form, Chosen({name: value for name, value in form.cleaned_data.items() if value not in (None, "")})


def _since(value: Any) -> Q:
    return Q(last_at__gte=bounds(value)[0])


def _until(value: Any) -> Q:
    return Q(started_at__lt=bounds(value)[1])


def _topic(value: str) -> Q:
    return Q(Exists(ConversationTopic.objects.filter(topic=value, summary=OuterRef("pk"))))


def _tag(value: str) -> Q:
    return Q(conversation__in=Tag.objects.filter(name=value.lower()).order_by().values("conversation"))


def _feedback(value: str) -> Q:
    return Q(unhelpful__gt=0) if value == "down" else Q(helpful__gt=0)


#: The condition of each filter that needs nothing but its value.
_CONDITIONS: dict[str, Callable[[Any], Q]] = {
    "rank": lambda value: Q(rank=value),
    "topic": _topic,
    "since": _since,
    "until": _until,
    "confidence": lambda value: Q(confidence__lt=value / 100),
    "feedback": _feedback,
    "language": lambda value: Q(language=value),
    "tag": _tag,
    "q": search.matching,
}


def matching(filters: Chosen, user: Any) -> QuerySet[ConversationSummary]:
    """The summaries that filters let through, in no order."""
    values = filters.values
    found = ConversationSummary.objects.all()
    if values.get("show") != "all":
        found = found.filter(reviewed=values.get("show") == "reviewed")
    if "kind" in values:
        kinds = NOT_UNDERSTOOD if values["kind"] == "fallback" else (values["kind"],)
        found = found.annotate(of_kind=F("kinds").bitand(sum(KIND_BITS[kind] for kind in kinds))).filter(of_kind__gt=0)
    if "assigned" in values:
        found = found.filter(assigned_to=user.pk if values["assigned"] == "me" else None)
    conditions = [_CONDITIONS[name](value) for name, value in values.items() if name in _CONDITIONS]
    return found.filter(*conditions)


@dataclass(frozen=True)
class Page:
    """One page of the queue.

    Attributes:
        rows: the summaries.
        following: cursor of the next page, None at the end; ``previous`` likewise.
        tags: names of the tags, by conversation.
    """

    rows: list[ConversationSummary]
    following: str | None
    previous: str | None
    tags: dict[Any, list[str]]


def first_places(found: QuerySet[ConversationSummary]) -> list[tuple[int, int]]:
    """Place and number of the first summaries in the queue's order, one more than are counted at most.

    A search is the dearest part of a page. By these it is done once, for the page and for how many there are.
    """
    return list(found.order_by("place", "pk").values_list("place", "pk")[: COUNTED + 1])


def page(
    found: QuerySet[ConversationSummary],
    after: str = "",
    before: str = "",
    first: Sequence[tuple[int, int]] | None = None,
) -> Page:
    """A page of the queue by keyset: the time it takes does not grow with how far down it is.

    Args:
        found: the summaries to choose from.
        after: cursor, the page begins behind it; what is none is ignored.
        before: cursor, the page ends in front of it.
        first: :func:`first_places` of them, where they are known: a page among these is not searched for again.
    """
    backwards = _cursor(before)
    start = backwards or _cursor(after)
    if first is not None and not backwards and (among := _among(first, start)) is not None:
        found = ConversationSummary.objects.filter(pk__in=[number for _, number in among])
    elif start:
        place, number = start
        beyond = (
            Q(place__lte=place) & ~Q(place=place, pk__gte=number)
            if backwards
            else Q(place__gte=place) & ~Q(place=place, pk__lte=number)
        )
        found = found.filter(beyond)
    order = ("-place", "-pk") if backwards else ("place", "pk")
    wanted = found.select_related("assigned_to", "reviewed_by").prefetch_related("topics")
    rows = list(wanted.order_by(*order)[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    if backwards:
        rows.reverse()
    following = f"{rows[-1].place}.{rows[-1].pk}" if rows and (more or backwards) else None
    previous = f"{rows[0].place}.{rows[0].pk}" if rows and (more if backwards else start) else None
    tags: dict[Any, list[str]] = {}
    for conversation, name in Tag.objects.filter(conversation__in=[row.conversation_id for row in rows]).values_list(
        "conversation", "name"
    ):
        tags.setdefault(conversation, []).append(name)
    return Page(rows, following, previous, tags)


def _cursor(text: str) -> tuple[int, int] | None:
    """The two numbers of a cursor, or None for anything else."""
    place, _, number = text.partition(".")
    found = whole_number(place), whole_number(number)
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def _among(first: Sequence[tuple[int, int]], start: tuple[int, int] | None) -> Sequence[tuple[int, int]] | None:
    """The places of a page and the one behind it, or None where it is not among the first."""
    begin = bisect_right(first, start) if start else 0
    whole = len(first) <= COUNTED or begin + PAGE_SIZE < len(first)
    return first[begin : begin + PAGE_SIZE + 1] if whole else None


def how_many(found: QuerySet[ConversationSummary]) -> tuple[int, bool]:
    """How many there are, and whether there are more than were counted."""
    return counted(found.order_by()[: COUNTED + 1].count())


def counted(count: int) -> tuple[int, bool]:
    """A number as it is shown, and whether there are more than were counted."""
    return min(count, COUNTED), count > COUNTED


def waiting() -> dict[Rank, int]:
    """How many conversations wait for review, by reason."""
    rows = ConversationSummary.objects.filter(reviewed=False).values_list("rank").annotate(n=Count("pk")).order_by()
    counts = dict(rows)
    return {rank: counts.get(int(rank), 0) for rank in Rank}


def next_one(filters: Chosen, user: Any, summary: ConversationSummary) -> ConversationSummary | None:
    """The conversation to read after one: behind it in the queue, or from its top at the end."""
    found = matching(Chosen({**filters.values, "show": ""}), user).exclude(pk=summary.pk)
    beyond = found.filter(place__gte=summary.place).exclude(place=summary.place, pk__lt=summary.pk)
    return beyond.order_by("place", "pk").first() or found.order_by("place", "pk").first()
