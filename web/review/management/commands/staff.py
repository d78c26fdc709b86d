"""``make staff NAME=...``: invites a manager, the first one or one whose password and phone are lost."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from web.review import invitations
from web.review.roles import ROLES


class Command(BaseCommand):
    """Makes an invitation and prints its link."""

    help = "Invites somebody to the console and prints the link, which opens once."

    def add_arguments(self, parser: CommandParser) -> None:
        """The name, the role, and where the door is reached."""
        parser.add_argument("name")
        parser.add_argument("--role", default="manager", choices=[*ROLES])
        parser.add_argument("--door", default="http://127.0.0.1:8000")

    def handle(self, *_: Any, name: str, role: str, door: str, **__: Any) -> None:
        """Prints the link.

        Raises:
            CommandError: the name cannot be that of an account.
        """
        from django.contrib.auth.validators import UnicodeUsernameValidator
        from django.core.exceptions import ValidationError

        try:
            UnicodeUsernameValidator()(name)
        except ValidationError as error:
            raise CommandError("A name has letters, digits and @ . + - _ only.") from error
        token = invitations.invite(name, role, by=None)
        link = door + reverse("review:invitation", args=[token])
        self.stdout.write(f"Open this link within a week to choose a password; it opens once:\n\n  {link}\n")
