"""Rasa's own commands work in this project as in any other."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def rasa(*arguments: str, typed: str = "") -> str:
    """Runs a command of Rasa's and gives what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "rasa", *arguments, "--model", "models/assistant.tar.gz"],
        check=False,
        cwd=ROOT,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
        input=typed,
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_rasa_test_finds_every_story_right(tmp_path: Path) -> None:
    said = rasa("test", "core", "--stories", "tests/test_stories.yml", "--out", str(tmp_path), "--no-plot")
    right = re.search(r"Correct:\s+(\d+) / (\d+)", said)
    assert right
    assert right[1] == right[2] != "0", (tmp_path / "failed_test_stories.yml").read_text()


def test_rasa_shell_answers_and_needs_no_action_server() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = rasa("shell", "--port", str(port), typed="how many minutes is one infusion?\ni want to die\n/stop\n")
    assert "about 45 minutes" in said
    assert "988" in said
