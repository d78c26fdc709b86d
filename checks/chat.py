"""A conversation in the terminal with the assistant that ``make run`` started."""

from __future__ import annotations

import sys
import uuid

import httpx

INNER = "http://127.0.0.1:5005/webhooks/inner/webhook"


def show(turn: dict[str, list[dict[str, object]]]) -> str:
    """A turn's replies as text for a terminal, with the section, the links and the topics to choose."""
    lines: list[str] = []
    for reply in turn["replies"]:
        lines.append(f"\n  {str(reply['text']).replace(chr(10), chr(10) + '  ')}")
        source, choices = reply["source"], reply["choices"]
        if isinstance(source, dict):
            lines.append(f"  (from the section “{source['section']}”)")
        if isinstance(choices, list) and choices:
            lines.append("  ask next: " + " · ".join(choice["label"] for choice in choices))
    return "\n".join(lines) + "\n"


def main() -> int:
    """Reads lines until an empty end of input; 1 when nothing answers."""
    sender = f"terminal-{uuid.uuid4()}"
    print(
        "Type a question; Ctrl-D ends. (An automated program that knows the clinic's page; in danger call 911 or 988.)"
    )
    while True:
        try:
            text = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return 0
        if not text:
            continue
        try:
            answer = httpx.post(INNER, json={"sender": sender, "text": text}, timeout=10)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            print(f"No answer ({error}). Is 'make run' running, and ready?", file=sys.stderr)
            return 1
        print(show(answer.json()))


if __name__ == "__main__":
    sys.exit(main())
