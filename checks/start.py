"""Before and after the start: says in a sentence what is in the way, waits until all is ready, and keeps watching.

``python -m checks.start files`` reads the content files; ``ports`` looks whether the ports are free and the model is
there; ``watch`` waits for readiness, says where to chat, and says so when a part stops answering.
"""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from checks.content import Content, ContentError

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "models" / "assistant.tar.gz"
#: The last model that could be loaded (nlu/previous_model.py).
PREVIOUS = MODEL.with_name("previous.tar.gz")
ASSISTANT_ID = "treatment-information"
PORTS = {8000: "the door", 5005: "Rasa", 5055: "the action server"}
INNER = "http://127.0.0.1:5005/webhooks/inner/"
ACTIONS = "http://127.0.0.1:5055/health"
DOOR = "http://127.0.0.1:8000/readyz"
SECONDS_BETWEEN_LOOKS = 10.0
SECONDS_TO_START = 120.0


def files() -> str | None:
    """What is wrong with a content file, or None."""
    try:
        Content()
    except ContentError as error:
        return str(error)
    return None


def ports() -> str | None:
    """What is in the way of a start: a port in use, or no model. None when nothing is."""
    if not MODEL.is_file():
        return "There is no trained model. Run 'make train'."
    for port, who in PORTS.items():
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                end = f"End what runs there ('ss -ltnp | grep {port}') and try again."
                return f"Port {port}, which {who} needs, is in use. {end}"
    return None


def model_problem(found: dict[str, Any]) -> str | None:
    """What is wrong with the model that Rasa answers with, or None.

    Args:
        found: Rasa's answer to ``GET /webhooks/inner/`` once a model is loaded.
    """
    name = Path(found["model"]).name
    if name == PREVIOUS.name:
        return f"{MODEL.name} cannot be loaded, Rasa answers with the model before it: delete it and run 'make train'"
    if found.get("assistant") != ASSISTANT_ID or name != MODEL.name:
        return f"Rasa runs another model ({found['model']}) than {MODEL.name}: stop it and run 'make train'"
    return None


def not_ready() -> str | None:
    """Which part does not answer as it should, or None when all is ready."""
    try:
        found = httpx.get(INNER, timeout=5).json()
    except (httpx.HTTPError, ValueError):
        return "Rasa does not answer yet"
    if found.get("status") != "ok":
        return "Rasa is still loading the model"
    if problem := model_problem(found):
        return problem
    try:
        httpx.get(ACTIONS, timeout=5).raise_for_status()
    except httpx.HTTPError:
        return "the action server does not answer (replies still come; why a visitor was handed on is not noted)"
    try:
        httpx.get(DOOR, timeout=10).raise_for_status()
    except httpx.HTTPError:
        return "the door does not answer: the chat on the page cannot be used"
    return None


def watch() -> None:
    """Waits until all is ready, says where to chat, then says so whenever that changes. Runs until it is ended."""
    started = time.monotonic()
    said: str | None = "starting"
    while True:
        problem = not_ready()
        waiting = said == "starting" and time.monotonic() - started < SECONDS_TO_START
        if problem is None and said is not None:
            print("\nReady. Open http://127.0.0.1:8000 and chat. Ctrl-C here ends everything.\n", flush=True)
            said = None
        elif problem is not None and problem != said and not waiting:
            print(f"\nNot ready: {problem}.\n", flush=True)
            said = problem
        time.sleep(1.0 if waiting else SECONDS_BETWEEN_LOOKS)


def main() -> int:
    """Runs one of the three; 1 when something is in the way."""
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted == "watch":
        try:
            watch()
        except KeyboardInterrupt:
            return 0
    problem = {"files": files, "ports": ports}[wanted]()
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
