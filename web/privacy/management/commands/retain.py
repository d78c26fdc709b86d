"""``manage.py retain``: deletes now what has been kept long enough."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from web.privacy import erasure, retention


class Command(BaseCommand):
    """Runs the retention once. The worker of alerts does the same every hour."""

    help = "Deletes what has been kept long enough. docs/privacy.md says what and when."
    requires_system_checks: list[str] = []  # noqa: RUF012 (Django's own way); they would load the whole door

    def handle(self, *_: Any, **__: Any) -> None:
        """Runs it and says what was deleted.

        Raises:
            CommandError: it broke off.
        """
        try:
            run = retention.run(rest=0)
            erasure.carry_out_due()
        except Exception as error:
            raise CommandError(f"The retention broke off ({type(error).__name__}); the log has the reason.") from error
        parts = [f"{count} {name.replace('_', ' ')}" for name, count in run.deleted.items()]
        self.stdout.write(f"Deleted: {', '.join(parts) or 'nothing was old enough'}.")
