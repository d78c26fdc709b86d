"""The console as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class ReviewConfig(AppConfig):
    """Connects the console to what happens in the log."""

    name = "web.review"
    label = "review"

    def ready(self) -> None:
        """Listens to the door's announcements, to sign-ins, and to the end of ``migrate``."""
        from web.chat.signals import conversation_changed, conversation_deleting
        from web.review import sign_in_record, summaries

        conversation_changed.connect(summaries.on_change, dispatch_uid="review.summary")
        conversation_deleting.connect(summaries.on_deletion, dispatch_uid="review.deletion")
        post_save.connect(summaries.on_call_back, sender="handoff.CallBack", dispatch_uid="review.call_back")
        post_migrate.connect(summaries.on_migrate, sender=self, dispatch_uid="review.catch_up")
        sign_in_record.connect()
