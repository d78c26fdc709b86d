"""``make learn``: accepted corrections out to the checkout's tools, and what became of them back in."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from web.chat.writing import writing
from web.review.audit import Action, record
from web.review.models import Correction
from web.review.teaching import learnable


class Command(BaseCommand):
    """``--out`` writes the accepted ones as JSON lines; ``--in`` takes lines with ``id``, ``state``, ``remark``."""

    help = "Exports accepted corrections, or notes what learning made of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """The direction."""
        direction = parser.add_mutually_exclusive_group(required=True)
        direction.add_argument("--out", action="store_true")
        direction.add_argument("--in", action="store_true", dest="take_in")

    def handle(self, *_: Any, out: bool, take_in: bool, **__: Any) -> None:
        """Writes to standard output, or reads from standard input."""
        if out:
            for correction in Correction.objects.filter(state=Correction.State.ACCEPTED):
                if learnable(correction.text):
                    line = {"id": correction.pk, "text": correction.text, "should_be": correction.should_be}
                    self.stdout.write(json.dumps(line))
        if take_in:
            note([json.loads(line) for line in sys.stdin if line.strip()])


@writing()
def note(outcomes: list[dict[str, Any]]) -> None:
    """Notes on each correction whether it was learned."""
    for outcome in outcomes:
        state = Correction.State(outcome["state"])
        accepted = Correction.objects.filter(pk=outcome["id"], state=Correction.State.ACCEPTED)
        if accepted.update(state=state, remark=outcome["remark"], decided_at=timezone.now()):
            record(None, Action.LEARNED, actor="make learn", correction=outcome["id"], state=str(state))
