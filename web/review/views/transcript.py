"""One conversation, and what the staff does with it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from web.chat.deletion import delete_conversation
from web.chat.models import Message
from web.review import options, queue, teaching, transcript, work
from web.review.access import StaffView, staff
from web.review.audit import Action, record
from web.review.entered import whole_number
from web.review.models import ConversationSummary, FollowUp
from web.review.ranks import Rank
from web.review.roles import Right

CHANGED = (
    "Somebody else, or the visitor, changed this conversation while you read it. Nothing was saved: please look again."
)


class NoteForm(forms.Form):
    """A note."""

    text = forms.CharField(label="Note", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class TagForm(forms.Form):
    """A tag."""

    name = forms.CharField(label="New tag", max_length=40)


class FollowUpForm(forms.Form):
    """What was done about an alarm."""

    outcome = forms.ChoiceField(label="What came of it", choices=[("", "Choose …"), *FollowUp.Outcome.choices])
    happened_at = forms.DateTimeField(
        label="When",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    text = forms.CharField(
        label="What was done", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_happened_at(self) -> Any:
        """Not in the future."""
        at = self.cleaned_data["happened_at"]
        if at > timezone.now() + timedelta(minutes=5):
            raise forms.ValidationError("This is in the future.")
        return at


def _summary(conversation: uuid.UUID) -> ConversationSummary:
    wanted = ConversationSummary.objects.select_related("conversation", "assigned_to", "reviewed_by")
    found: ConversationSummary = get_object_or_404(wanted, conversation=conversation, conversation__revoked_at=None)
    return found


def _filters(request: HttpRequest) -> queue.Chosen:
    """The queue that the reader came from."""
    sent = request.POST if request.method == "POST" else request.GET
    return queue.chosen(QueryDict(sent.get("queue", "")))[1]


def show(request: HttpRequest, summary: ConversationSummary, status: int = 200, **forms_shown: Any) -> HttpResponse:
    """The page of a conversation.

    Args:
        request: the request; ``before`` in its query asks for earlier turns, ``correct`` for a part's list of topics.
        summary: the conversation's summary.
        status: of the response.
        forms_shown: forms with what was typed, in place of empty ones.
    """
    before = whole_number(request.GET.get("before", ""))
    turns, earlier = transcript.turns(summary.conversation_id, before, request.GET.get("correct", ""))
    conversation = summary.conversation
    context = {
        "summary": summary,
        "turns": turns,
        "earlier": earlier,
        "before": "" if before is None else before,
        "alarm": summary.rank == Rank.ALARM,
        "queue": _filters(request),
        "targets": options.targets(),
        "notes": conversation.notes.select_related("by"),
        "tags": conversation.tags.all(),
        "call_backs": conversation.call_backs.all() if hasattr(conversation, "call_backs") else [],  # web.handoff
        "follow_ups": conversation.follow_ups.select_related("by"),
        "colleagues": User.objects.filter(is_active=True, groups__name__in=("reviewer", "manager")).distinct(),
        "note_form": NoteForm(),
        "tag_form": TagForm(auto_id="tag_%s"),
        "follow_up_form": FollowUpForm(initial={"happened_at": timezone.localtime()}, auto_id="follow_%s"),
        **forms_shown,
    }
    return render(request, "review/transcript.html", context, status=status)


class TranscriptView(StaffView):
    """Reading a conversation. That it was read is in the audit trail."""

    def get(self, request: HttpRequest, conversation: uuid.UUID) -> HttpResponse:
        """The conversation."""
        summary = _summary(conversation)
        record(request.user, Action.READ, conversation)
        return show(request, summary)


class _Work(StaffView):
    """A form beside the transcript."""

    right = Right.REVIEW

    def post(self, request: HttpRequest, conversation: uuid.UUID) -> HttpResponse:
        """Does the work, and shows the conversation again."""
        summary = _summary(conversation)
        try:
            return self.work(request, summary) or self.back(request, summary)
        except work.ChangedMeanwhile:
            messages.error(request, CHANGED)
            return show(request, _summary(conversation), 409)

    def work(self, request: HttpRequest, summary: ConversationSummary) -> HttpResponse | None:
        """What the form is for."""
        raise NotImplementedError

    def back(self, request: HttpRequest, summary: ConversationSummary, anchor: str = "") -> HttpResponse:
        """To the conversation, with the queue that the reader came from."""
        response = redirect("review:transcript", summary.conversation_id)
        filters = _filters(request)
        if filters:
            query = QueryDict(mutable=True)
            query["queue"] = filters.address
            response["Location"] += f"?{query.urlencode()}"
        response["Location"] += anchor
        return response


def _version(request: HttpRequest) -> int:
    """The version that the reader saw; one that no row has when it is missing."""
    version = whole_number(request.POST.get("version", ""))
    return -1 if version is None else version


class ReviewView(_Work):
    """Marks as reviewed (and goes on to the next), or puts back."""

    def work(self, request: HttpRequest, summary: ConversationSummary) -> HttpResponse | None:
        """Marks, or puts back with ``undo``."""
        if "undo" in request.POST:
            work.reopen(summary, _version(request), request.user)
            messages.success(request, "Back in the queue.")
            return None
        try:
            work.mark_reviewed(summary, _version(request), request.user)
        except work.OutcomeMissing:
            messages.error(request, "Before an alarm is put away, say what came of it under “Follow-up”.")
            return show(request, summary, 422)
        messages.success(request, "Marked as reviewed.")
        filters = _filters(request)
        if "stay" in request.POST:
            return redirect(reverse("review:queue") + (f"?{filters.address}" if filters else ""))
        following = queue.next_one(filters, request.user, summary)
        if following is None:
            messages.success(request, "Nothing else is waiting here.")
            return redirect(reverse("review:queue"))
        return self.back(request, following)


class AssignView(_Work):
    """Gives the conversation to somebody."""

    def work(self, request: HttpRequest, summary: ConversationSummary) -> None:
        """To the account named, or to nobody."""
        sent = whole_number(request.POST.get("to", ""))
        people = User.objects.filter(Q(groups__name__in=("reviewer", "manager")), is_active=True).distinct()
        to = None if sent is None else get_object_or_404(people, pk=sent)
        work.assign(summary, _version(request), request.user, to)
        messages.success(request, f"Assigned to {to.get_username()}." if to else "Assigned to nobody.")


class NoteView(_Work):
    """Adds a note."""

    def work(self, request: HttpRequest, summary: ConversationSummary) -> HttpResponse | None:
        """Adds it, or says what is wrong with it."""
        form = NoteForm(request.POST)
        if not form.is_valid():
            return show(request, summary, 422, note_form=form)
        work.add_note(summary, request.user, form.cleaned_data["text"])
        return self.back(request, summary, "#notes")


class TagView(_Work):
    """Adds a tag, or takes one away."""

    def work(self, request: HttpRequest, summary: ConversationSummary) -> HttpResponse | None:
        """Adds ``name``, or removes ``remove``."""
        if "remove" in request.POST:
            work.remove_tag(summary, request.user, request.POST["remove"])
            return self.back(request, summary, "#tags")
        form = TagForm(request.POST, auto_id="tag_%s")
        if not form.is_valid():
            return show(request, summary, 422, tag_form=form)
        work.add_tag(summary, request.user, form.cleaned_data["name"])
        return self.back(request, summary, "#tags")


class FollowUpView(_Work):
    """Adds what was done about an alarm."""

    def work(self, request: HttpRequest, summary: ConversationSummary) -> HttpResponse | None:
        """Adds it, or says what is wrong with it."""
        form = FollowUpForm(request.POST, auto_id="follow_%s")
        if not form.is_valid():
            return show(request, summary, 422, follow_up_form=form)
        values = form.cleaned_data
        work.follow_up(summary, request.user, values["outcome"], values["happened_at"], values["text"])
        messages.success(request, "The outcome is noted.")
        return self.back(request, summary, "#follow-up")


class CorrectView(_Work):
    """Says what a part of a message should have been."""

    def work(self, request: HttpRequest, summary: ConversationSummary) -> HttpResponse | None:
        """Notes the correction."""
        sent = {name: request.POST.get(name, "") for name in ("message", "part", "should_be", "seen")}
        number, part = whole_number(sent["message"]), whole_number(sent["part"])
        if number is None or part is None:
            raise Http404
        message = get_object_or_404(Message, pk=number, conversation=summary.conversation_id)
        try:
            teaching.correct(message, part, sent["should_be"], sent["seen"], staff(request))
        except (ValueError, IndexError):
            messages.error(request, "Please choose what it should have been.")
            return show(request, summary, 422)
        messages.success(request, "Thank you. It waits on the Teaching page.")
        return self.back(request, summary, f"#m{message.pk}")


class DeleteView(StaffView):
    """Deletes a conversation, with all the staff's work on it."""

    right = Right.DELETE

    def get(self, request: HttpRequest, conversation: uuid.UUID) -> HttpResponse:
        """Asks whether that is meant."""
        return render(request, "review/delete.html", {"summary": _summary(conversation)})

    def post(self, request: HttpRequest, conversation: uuid.UUID) -> HttpResponse:
        """Deletes it, once the reason is given."""
        summary = _summary(conversation)
        reason = request.POST.get("reason", "").strip()[:200]
        if not reason:
            messages.error(request, "Please say why: the audit trail keeps it.")
            return render(request, "review/delete.html", {"summary": summary}, status=422)
        record(request.user, Action.DELETED, conversation, reason=reason)
        delete_conversation(conversation)
        messages.success(request, "The conversation is deleted.")
        return redirect("review:queue")


class FindView(StaffView):
    """Finds a conversation by its id, for somebody who asks for its deletion."""

    right = Right.DELETE

    def get(self, request: HttpRequest) -> HttpResponse:
        """To the conversation, or says that there is none."""
        try:
            wanted = uuid.UUID(request.GET.get("id", "").strip())
        except ValueError:
            wanted = None
        if wanted is None or not ConversationSummary.objects.filter(conversation=wanted).exists():
            messages.error(request, "There is no conversation with this id.")
            return redirect("review:queue")
        return redirect("review:transcript", wanted)
