"""What was saved while the door was running can be put back elsewhere, and the visitor reads the conversation again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from fake_rasa import FakeRasa
from running_door import ROOT, RunningDoor


def backup(what: str, folder: Path, data: Path) -> subprocess.CompletedProcess[str]:
    """Runs the documented command."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "checks.backup", what, str(folder)],
        cwd=ROOT,
        env={**environment, "CHAT_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def talked(tmp_path: Path, rasa: FakeRasa) -> tuple[RunningDoor, str]:
    """A running door, and the token of a conversation with it."""
    (tmp_path / "door").mkdir()
    door = RunningDoor(tmp_path / "door", rasa.url)
    door.start()
    with door.client() as client:
        token: str = client.post("/chat/sessions", json={}).json()["token"]
        message = {"id": str(uuid.uuid4()), "text": "how long does an infusion take"}
        client.post("/chat/messages", json=message, headers={"Authorization": f"Bearer {token}"}).raise_for_status()
    return door, token


def test_a_conversation_is_readable_in_a_new_place(
    talked: tuple[RunningDoor, str], tmp_path: Path, rasa: FakeRasa
) -> None:
    door, token = talked
    saved = backup("save", tmp_path / "saved", door.folder / "var")  # while it runs
    door.kill()
    shutil.rmtree(door.folder)
    (tmp_path / "elsewhere").mkdir()
    restored = backup("restore", tmp_path / "saved", tmp_path / "elsewhere" / "var")
    again = RunningDoor(tmp_path / "elsewhere", rasa.url)
    again.start()
    try:
        with again.client() as client:
            found = client.get("/chat/messages", headers={"Authorization": f"Bearer {token}"}).json()["messages"]
    finally:
        again.stop()
    assert (saved.returncode, restored.returncode) == (0, 0), saved.stderr + restored.stderr
    assert "how long does an infusion take" in [turn["text"] for turn in found]
    assert all(turn["replies"] for turn in found)


def test_a_log_that_is_there_is_not_overwritten(talked: tuple[RunningDoor, str], tmp_path: Path) -> None:
    door, _ = talked
    backup("save", tmp_path / "saved", door.folder / "var")
    refused = backup("restore", tmp_path / "saved", door.folder / "var")
    door.stop()
    assert refused.returncode == 1
    assert "already" in refused.stderr


def test_a_damaged_backup_is_not_put_back(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "chat.sqlite3").write_bytes(b"SQLite format 3\0" + b"?" * 4096)
    refused = backup("restore", tmp_path / "saved", tmp_path / "var")
    assert refused.returncode == 1
    assert "damaged" in refused.stderr
    assert not (tmp_path / "var" / "chat.sqlite3").exists()


def test_where_there_is_nothing_it_says_so(tmp_path: Path) -> None:
    assert "There is no log" in backup("save", tmp_path / "saved", tmp_path / "var").stderr
    assert "There is no chat.sqlite3" in backup("restore", tmp_path / "saved", tmp_path / "var").stderr
