"""What an alert says: that somebody should look, and where. Never a word of a visitor's."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from safety.replies import CLINIC
from web.handoff.models import Alert

_TITLES = {
    Alert.Reason.CRISIS: "Chat: a conversation that may be a crisis",
    Alert.Reason.CALL_BACK: "Chat: a visitor asks for a call back",
    Alert.Reason.TEST: "Chat: test of the alerts",
}
_LINES = {
    Alert.Reason.CRISIS: "Somebody may be in danger. The visitor was shown {lifeline} and {emergency}. Please look:",
    Alert.Reason.CALL_BACK: "A visitor would like to be called. The request is here:",
    Alert.Reason.TEST: "This is a test from the staff's page. Nothing has to be done. The page:",
}
_GONE = "The visitor has deleted it since; the page may be empty."
_REPEAT = "This may be a repeat: an earlier attempt to send it was cut off or failed."


def title_and_body(alert: Alert, *, repeat: bool) -> tuple[str, str]:
    """Subject and text of an alert.

    Args:
        alert: what it is about.
        repeat: it was attempted before, and may have arrived.
    """
    reason = Alert.Reason(alert.reason)
    raised = timezone.localtime(alert.raised_at)
    lines = [
        _LINES[reason].format_map(CLINIC),
        f"{settings.STAFF_URL}{path(alert)}",
        f"Raised {raised:%A, %B} {raised.day}, {raised:%H:%M %Z}. Alert {alert.pk}.",
    ]
    if reason is not Alert.Reason.TEST and alert.conversation_id is None:
        lines.append(_GONE)
    if repeat:
        lines.append(_REPEAT)
    return (f"{_TITLES[reason]} (may be a repeat)" if repeat else _TITLES[reason]), "\n\n".join(lines)


def path(alert: Alert) -> str:
    """Address of the staff's page for an alert, from the root of the site."""
    if alert.reason == Alert.Reason.CALL_BACK:
        return f"/staff/callbacks/{alert.call_back_id}/" if alert.call_back_id else "/staff/callbacks/"
    if alert.reason == Alert.Reason.CRISIS:
        return f"/staff/conversations/{alert.conversation_id}" if alert.conversation_id else "/staff/"
    return "/staff/alerts/"
