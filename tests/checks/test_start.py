"""Whoever types ``make run`` is told in a sentence what is in the way, and later what stopped answering."""

import json
import shutil
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

import checks.start
from checks.content import Content
from nlu.previous_model import PREVIOUS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def listening():
    """A port of this machine on which something listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def free():
    """A port of this machine on which nothing listens: bound, so that nobody else gets it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def model(tmp_path, monkeypatch):
    path = tmp_path / "models" / "assistant.tar.gz"
    path.parent.mkdir()
    path.write_bytes(b"a model")
    monkeypatch.setattr(checks.start, "MODEL", path)
    return path


@pytest.fixture
def checkout(tmp_path):
    """A copy of this project's checks and content, to run the command in."""
    shutil.copytree(ROOT / "checks", tmp_path / "checks", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "data").mkdir()
    for name in ("domain.yml", "data/page.yml", "data/clinic.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(checkout, command):
    command = [sys.executable, "-m", "checks.start", command]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)


# --- before the start -------------------------------------------------------------------------------------------------


def test_nothing_is_in_the_way_of_free_ports_and_a_model(model, free, monkeypatch):
    monkeypatch.setattr(checks.start, "PORTS", {free: "Rasa"})
    assert checks.start.ports() is None


def test_a_busy_port_is_named_with_who_needs_it(model, free, listening, monkeypatch):
    monkeypatch.setattr(checks.start, "PORTS", {free: "Rasa", listening: "the action server"})
    assert checks.start.ports() == (
        f"Port {listening}, which the action server needs, is in use. "
        f"End what runs there ('ss -ltnp | grep {listening}') and try again."
    )


def test_the_ports_looked_at_are_those_of_the_door_rasa_and_the_action_server():
    """The same that endpoints.yml names, and that Rasa takes by itself."""
    assert checks.start.PORTS == {8000: "the door", 5005: "Rasa", 5055: "the action server"}
    assert "http://127.0.0.1:5055/" in (ROOT / "endpoints.yml").read_text(encoding="utf-8")


def test_a_missing_model_is_said_with_the_command_that_makes_one(model, free, monkeypatch):
    monkeypatch.setattr(checks.start, "PORTS", {free: "Rasa"})
    model.unlink()
    assert checks.start.ports() == "There is no trained model. Run 'make train'."


def test_the_command_without_a_model_ends_with_that_sentence_and_no_traceback(checkout):
    ended = run(checkout, "ports")
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", "There is no trained model. Run 'make train'.\n")


def test_content_that_can_be_read_is_not_in_the_way(checkout, monkeypatch):
    monkeypatch.setattr(checks.start, "Content", lambda: Content(checkout))
    assert checks.start.files() is None


def test_broken_yaml_is_one_sentence_with_file_and_line_and_no_traceback(checkout):
    path = checkout / "data" / "page.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, 'oh: "no']) + "\n", encoding="utf-8")
    ended = run(checkout, "files")
    assert ended.returncode == 1
    assert ended.stdout == ""
    [sentence] = ended.stderr.splitlines()
    assert sentence.startswith(f"data/page.yml:{len(lines) + 2}: is not YAML that can be read: ")


def test_a_missing_file_is_one_sentence_and_no_traceback(checkout):
    (checkout / "data" / "clinic.yml").unlink()
    ended = run(checkout, "files")
    assert (ended.returncode, ended.stderr) == (1, "data/clinic.yml: cannot be read (No such file or directory).\n")


def test_a_file_that_is_not_text_is_one_sentence_and_no_traceback(checkout):
    (checkout / "data" / "page.yml").write_bytes(b"says: caf\xe9\n")
    ended = run(checkout, "files")
    assert ended.returncode == 1
    assert ended.stderr.startswith("data/page.yml")


# --- after it ---------------------------------------------------------------------------------------------------------


class Program:
    """Something that answers on a port of this machine, as Rasa or the action server would."""

    def __init__(self, status, body):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Says nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self):
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def not_ready(monkeypatch, rasa, actions=(200, b"{}"), door=(200, b"{}")):
    """What is said when Rasa, the action server and the door answer with these statuses and bodies."""
    with Program(*rasa) as inner, Program(*actions) as health, Program(*door) as front:
        monkeypatch.setattr(checks.start, "INNER", inner)
        monkeypatch.setattr(checks.start, "ACTIONS", health)
        monkeypatch.setattr(checks.start, "DOOR", front)
        return checks.start.not_ready()


def health(**more):
    return json.dumps(
        {"status": "ok", "assistant": "treatment-information", "model": "assistant.tar.gz", **more}
    ).encode()


def test_all_is_ready_when_all_answer_and_the_model_is_ours(monkeypatch):
    assert not_ready(monkeypatch, (200, health())) is None


def test_a_door_that_is_not_ready_is_said(monkeypatch):
    said = not_ready(monkeypatch, (200, health()), door=(503, b"{}"))
    assert said is not None
    assert said.startswith("the door does not answer")


def test_the_assistant_looked_for_is_the_one_in_config_yml():
    assert f"assistant_id: {checks.start.ASSISTANT_ID}\n" in (ROOT / "config.yml").read_text(encoding="utf-8")


def test_rasa_that_does_not_answer_is_said(monkeypatch, free):
    monkeypatch.setattr(checks.start, "INNER", f"http://127.0.0.1:{free}/")
    assert checks.start.not_ready() == "Rasa does not answer yet"


def test_an_answer_that_is_not_rasas_is_no_traceback(monkeypatch):
    assert not_ready(monkeypatch, (200, b"<html>")) == "Rasa does not answer yet"


def test_rasa_without_its_model_is_said(monkeypatch):
    assert not_ready(monkeypatch, (503, b'{"status": "loading"}')) == "Rasa is still loading the model"


@pytest.mark.parametrize("other", [{"assistant": "another"}, {"model": "20240101-120000.tar.gz"}])
def test_another_model_than_ours_is_said(monkeypatch, other):
    """Rasa loads any model that it finds when the one named is missing, without a word."""
    said = not_ready(monkeypatch, (200, health(**other)))
    assert said.startswith("Rasa runs another model (")
    assert said.endswith(") than assistant.tar.gz: stop it and run 'make train'")


def test_a_model_that_stands_in_for_a_damaged_one_is_said_with_what_to_do(monkeypatch):
    said = not_ready(monkeypatch, (200, health(model="previous.tar.gz")))
    assert said.startswith("assistant.tar.gz cannot be loaded, Rasa answers with the model before it")
    assert "delete it and run 'make train'" in said


def test_the_model_looked_for_is_the_one_that_rasa_keeps():
    assert checks.start.PREVIOUS.name == PREVIOUS
    assert checks.start.PREVIOUS.parent == checks.start.MODEL.parent


def test_an_action_server_that_fails_is_said_with_what_that_means(monkeypatch):
    said = not_ready(monkeypatch, (200, health()), actions=(500, b""))
    assert said.startswith("the action server does not answer (replies still come;")
