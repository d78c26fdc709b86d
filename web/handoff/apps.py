"""The handoff as a Django application."""

from django.apps import AppConfig


class HandoffConfig(AppConfig):
    """Named so that its tables are handoff_callback and so on."""

    name = "web.handoff"
    label = "handoff"

    def ready(self) -> None:
        """Has dangers in the chat alert the people on duty, and deleted requests leave what has to stay."""
        from web.chat.alarms import alarm_raised
        from web.handoff import outbox, withdrawal

        alarm_raised.connect(outbox.on_alarm, dispatch_uid="handoff.outbox")
        withdrawal.connect()
