"""The machine is lost and the backup restored on another; the model's file is damaged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx

import checks.start
from benchmarks.chaos.parts import Parts, kept_up, wait_until
from benchmarks.chaos.trial import Row, nothing, play, said
from benchmarks.chaos.visitors import CRISIS, QUESTION, Visitor
from benchmarks.load import servers
from benchmarks.load.servers import ROOT, WEB, Part

NAME, PHONE = "Ann Example", "(312) 555-0188"
_READ = (
    "from web.handoff.models import CallBack; c = CallBack.objects.get(client_id='{}'); print(c.name, c.phone_shown)"
)


def backup(parts: Parts) -> Iterator[Row]:
    """Saved while all runs, restored into an empty folder, where another door is started."""
    row = Row("the machine is lost, its backup restored on a new one", "after the answer")
    visitor = Visitor(parts.url)
    said_before = [visitor.say(QUESTION), visitor.say(CRISIS)]
    form = {"id": str(uuid.uuid4()), "name": NAME, "phone": PHONE, "leave_message": True, "consent": True}
    answer = visitor.request("POST", "/chat/callbacks", form)
    row.promise(answer is not None and answer.status_code == 200, "the call-back request is not taken")
    saved, new = parts.work / "saved", parts.work / "new-machine"
    for what, data in (("save", parts.data), ("restore", new / "data")):
        command = [sys.executable, "-m", "checks.backup", what, str(saved)]
        done = subprocess.run(command, cwd=ROOT, env=_environment(data), capture_output=True, text=True, check=False)
        row.promise(done.returncode == 0, f"{what}: {done.stderr.strip()}")
    shown_before = visitor.history()
    door = servers.door(new, parts.to_rasa.url)
    with servers.running(door):
        visitor.url = door.url
        shown = visitor.history()
        again = [visitor.send(one.id, one.text).ids == one.first.ids for one in said_before]
        on = visitor.say(QUESTION)
    row.promise(shown == shown_before and len(shown) == 3, "the conversation is another one")
    row.promise(all(again), "sent again, a message gets other replies")
    row.promise(on.first.status == 200, "the conversation cannot go on")
    read = subprocess.run(
        [str(WEB / "python"), "web/manage.py", "shell", "--no-imports", "-c", _READ.format(form["id"])],
        cwd=ROOT,
        env=_environment(new / "data"),
        capture_output=True,
        text=True,
        check=False,
    )
    row.promise(f"{NAME} {PHONE}" in read.stdout, f"the call-back request cannot be read: {read.stdout.strip()}")
    row.visitor = "after a reload the same conversation, and it goes on"
    row.log = f"{len(shown)} of {len(shown_before)} turns, each with its replies"
    row.staff = "the call-back request is decrypted with the restored key"
    yield row


def _environment(data: Path) -> dict[str, str]:
    """The environment of a command on the data of a folder."""
    return {**{k: v for k, v in os.environ.items() if k != "DATABASE_URL"}, "CHAT_DATA_DIR": str(data)}


def second_rasa(parts: Parts, model: Path, **settings: str) -> Part:
    """Another Rasa, whose model's file is half there, with the one before it beside; made, not started."""
    folder = parts.work / "models"
    folder.mkdir()
    whole = model.read_bytes()
    (folder / model.name).write_bytes(whole[: len(whole) // 2])
    shutil.copy2(model, folder / checks.start.PREVIOUS.name)
    (parts.work / "second").mkdir()
    rasa = servers.rasa(parts.work, ROOT, folder / model.name, parts.to_actions, "rasa-second", **settings)
    return kept_up(rasa, "Rasa")


def damaged_model(parts: Parts, second: Part) -> Iterator[Row]:
    """Rasa starts with a damaged model. The door asks that Rasa from now on."""
    row = Row("the model's file is damaged", "when Rasa starts")
    marks = parts.marks()
    second.start(wait=False)
    ready = wait_until(second.is_ready)
    row.promise(ready is not None, "Rasa never answers with the model before it")
    if ready is None:
        yield row
        return
    parts.to_rasa.lead_to(second.url)
    played = play(parts, row, nothing, sees=("answer",))
    told = said("rasa-second", "CANNOT BE LOADED")(parts, marks, [])
    row.promise(told, "no loud line in the log")
    shown = _what_make_run_says(second)
    row.promise(checks.start.MODEL.name in shown, f"`make run` says only: {shown}")
    played.staff = f"{told}; `make run` says: “{shown}”"
    yield played


def _what_make_run_says(rasa: Part) -> str:
    """The sentence of checks/start.py about a Rasa."""
    answer = httpx.get(f"{rasa.url}/webhooks/inner/", timeout=5, trust_env=False).json()
    return checks.start.model_problem(answer) or ""
