"""The database holds no readable call-back request, and its key can be changed without losing one."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from call_backs import DIGITS, NUMBER, ask
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from fake_rasa import FakeRasa
from running_door import BIN, ROOT, RunningDoor
from visitor import Visitor

from web.handoff import encryption
from web.handoff.keys import encryption_keys, new_key
from web.handoff.models import CallBack

SECRETS = ("Wilhelmina", "warfarin", DIGITS, NUMBER, "555-0188", "312-555", "312) 555")


@pytest.fixture
def client(door: RunningDoor, rasa: FakeRasa) -> Iterator[httpx.Client]:
    with door.client() as client:
        yield client


def test_no_file_of_the_database_holds_a_readable_request(door: RunningDoor, client: httpx.Client) -> None:
    ask(Visitor(client), name="Wilhelmina")
    assert door.rows("select count(*) from handoff_callback")[0][0] >= 1
    files = sorted(path for path in (door.folder / "var").iterdir() if path.name.startswith("chat.sqlite3"))
    assert [path.name for path in files] == ["chat.sqlite3", "chat.sqlite3-shm", "chat.sqlite3-wal"]
    content = b"".join(path.read_bytes() for path in files)
    assert b"handoff_callback" in content
    for secret in SECRETS:
        for written in (secret.encode(), secret.encode("utf-16-le")):
            assert written not in content
    assert "Wilhelmina" not in door.log.read_text()
    assert DIGITS not in door.log.read_text()


def test_the_key_is_made_on_first_start_and_kept_to_its_owner(door: RunningDoor) -> None:
    key = door.folder / "var" / "encryption_keys"
    Fernet(key.read_text())
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert encryption_keys("", key) == [key.read_text()]


def test_keys_from_the_environment_come_first_and_nonsense_is_no_key(tmp_path: Path) -> None:
    keys = [new_key(), new_key()]
    assert encryption_keys(",".join(keys), tmp_path / "none") == keys
    assert not (tmp_path / "none").exists()
    with pytest.raises(ValueError, match="Fernet key"):
        encryption_keys("secret", tmp_path / "none")
    (tmp_path / "empty").touch()
    with pytest.raises(ValueError, match="holds no key"):
        encryption_keys("", tmp_path / "empty")


# --- changing the key -------------------------------------------------------------------------------


def _keys(settings: Any, *keys: str) -> None:
    settings.ENCRYPTION_KEYS = list(keys)


@pytest.fixture
def key_file(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key file, as if freshly made."""
    monkeypatch.delenv("ENCRYPTION_KEYS", raising=False)
    file = tmp_path / "encryption_keys"
    file.write_text(new_key())
    settings.ENCRYPTION_KEY_FILE = file
    _restart(settings)
    return file


def _restart(settings: Any) -> None:
    """As the door does at its start."""
    _keys(settings, *encryption_keys("", settings.ENCRYPTION_KEY_FILE))


def test_a_request_stays_readable_through_every_step(visitor: Visitor, settings: Any, key_file: Path) -> None:
    (first,) = settings.ENCRYPTION_KEYS
    ask(visitor, name="Before")
    call_command("encryption_key", "add")
    ask(visitor, name="Old process")  # a door that was not restarted yet
    _restart(settings)
    assert settings.ENCRYPTION_KEYS[1] == first
    ask(visitor, name="After")
    with pytest.raises(CommandError, match="2 requests still need"):
        call_command("encryption_key", "drop")
    call_command("encryption_key", "apply")
    call_command("encryption_key", "drop")
    _restart(settings)
    assert len(settings.ENCRYPTION_KEYS) == 1
    assert first not in settings.ENCRYPTION_KEYS
    assert {request.name for request in CallBack.objects.all()} == {"Before", "Old process", "After"}
    assert {request.phone_shown for request in CallBack.objects.all()} == {NUMBER}
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    _keys(settings, first)
    assert {request.name for request in CallBack.objects.all()} == {encryption.UNREADABLE}


def test_a_request_whose_key_is_missing_is_said_to_be_so_and_not_written_over(
    visitor: Visitor, settings: Any, key_file: Path
) -> None:
    ask(visitor, name="Ann")
    first = settings.ENCRYPTION_KEYS[0]
    _keys(settings, new_key())
    with pytest.raises(CommandError, match="1 cannot be read"):
        call_command("encryption_key", "apply")
    _keys(settings, first)
    assert CallBack.objects.get().name == "Ann"


def test_keys_in_the_environment_are_changed_by_hand_and_the_command_says_how(
    settings: Any, key_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], db: None
) -> None:
    before = key_file.read_text()
    monkeypatch.setenv("ENCRYPTION_KEYS", before)
    call_command("encryption_key", "add")
    assert "first in ENCRYPTION_KEYS" in capsys.readouterr().out
    call_command("encryption_key", "drop")
    assert "take the others away" in capsys.readouterr().out
    assert key_file.read_text() == before


def test_the_same_words_look_different_each_time(visitor: Visitor) -> None:
    from django.db import connection

    ask(visitor)
    ask(visitor)
    with connection.cursor() as cursor:
        cursor.execute("select name, phone, topic from handoff_callback")
        rows = cursor.fetchall()
    tokens = [token for row in rows for token in row]
    assert len(set(tokens)) == 6


def test_the_door_does_not_start_with_a_key_that_is_none(tmp_path: Path) -> None:
    check = subprocess.run(
        [BIN / "python", "web/manage.py", "migrate", "--check"],
        cwd=ROOT,
        env={**os.environ, "ENCRYPTION_KEYS": "secret", "CHAT_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode != 0
    assert "secret" not in check.stderr
