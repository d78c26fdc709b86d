"""Starts the parts to measure on free ports of this machine, each as it is started in use, and ends them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web" / ".venv" / "bin"
#: As in the Procfile and in deploy/rasa.Dockerfile: a Rasa keeps to one core, so that the parts do not get into each
#: other's way.
ONE_CORE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
#: Seconds that a part may take until it is ready.
PATIENCE = 240.0


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Reachable(Protocol):
    """Something that answers at an address: a part, or what stands before it."""

    url: str


class Part:
    """A started program.

    Attributes:
        url: where it answers.
        seconds_to_ready: from its start until its first good answer.
    """

    def __init__(self, command: list[str], log: Path, url: str, ready: str, folder: Path = ROOT, **more: str) -> None:
        self.url, self._log = url, log
        self._command, self._ready, self._folder = command, ready, folder
        self._environment = {
            **os.environ,
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "PYTHONWARNINGS": "ignore",
            **more,
        }
        self.seconds_to_ready = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, wait: bool = True) -> None:
        """Starts it, and waits until it answers.

        Raises:
            RuntimeError: it ended, or took too long; its log says why.
        """
        started = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        while wait and not self.is_ready():
            if self._process.poll() is not None or time.monotonic() - started > PATIENCE:
                self.kill()
                raise RuntimeError(f"{self._command[0]} did not become ready; see {self._log}")
            time.sleep(0.05)
        self.seconds_to_ready = round(time.monotonic() - started, 2)

    def is_ready(self) -> bool:
        """Whether it gives a good answer now."""
        try:
            return httpx.get(self.url + self._ready, timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def memory(self) -> float:
        """Megabytes of memory that it and what it started hold (resident, less what they share: PSS)."""
        assert self._process
        total = 0
        for pid in _family(self._process.pid):
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        return round(total / 1024, 1)

    def descriptors(self) -> int:
        """How many files and connections it and what it started have open."""
        assert self._process
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in _family(self._process.pid))

    def processor_seconds(self) -> float:
        """Seconds of processor time that it and what it started have used."""
        assert self._process
        total = 0
        for pid in _family(self._process.pid):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """Ends it at once, as the loss of its machine would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Asks it to end."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        os.killpg(self._process.pid, how)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _family(pid: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [pid, *(member for child in children.read_text().split() for member in _family(int(child)))]
    except OSError:
        return [pid]


def action_server(work: Path) -> Part:
    """The action server."""
    port = free_port()
    command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
    return Part(command, work / "actions.log", f"http://127.0.0.1:{port}", "/health")


def rasa(work: Path, project: Path, model: Path, actions: Reachable, name: str = "rasa", **more: str) -> Part:
    """A Rasa with a project's own channels and endpoints.

    Args:
        work: folder for its log and its data.
        project: folder with endpoints.yml and credentials.yml.
        model: the trained model.
        actions: the action server that it asks.
        name: of its log.
        more: environment variables.
    """
    port = free_port()
    endpoints = work / f"{name}-endpoints.yml"
    text = (project / "endpoints.yml").read_text(encoding="utf-8")
    endpoints.write_text(text.replace("http://127.0.0.1:5055", actions.url), encoding="utf-8")
    command = [
        *(sys.executable, "-m", "rasa", "run", "--model", str(model), "--endpoints", str(endpoints)),
        *("--credentials", str(project / "credentials.yml"), "--interface", "127.0.0.1", "--port", str(port)),
    ]
    ready = "/webhooks/inner/" if project == ROOT else "/webhooks/rest/"
    settings = {"CHAT_DATA_DIR": str(work / "data"), **(ONE_CORE if project == ROOT else {}), **more}
    return Part(command, work / f"{name}.log", f"http://127.0.0.1:{port}", ready, **settings)


def door(work: Path, rasa_url: str, name: str = "door", **more: str) -> Part:
    """The door, with limits off and a log of its own.

    Raises:
        subprocess.CalledProcessError: its tables could not be made.
    """
    port = free_port()
    settings = {
        "CHAT_DATA_DIR": str(work / "data"),
        "CHAT_BIND": f"127.0.0.1:{port}",
        "CHAT_MESSAGES_PER_MINUTE": "0",
        "CHAT_SESSIONS_PER_MINUTE": "0",
        "RASA_URL": rasa_url,
        **more,
    }
    (work / "data").mkdir(parents=True, exist_ok=True)
    migrate = [str(WEB / "python"), "web/manage.py", "migrate", "--no-input", "--skip-checks", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env={**os.environ, **settings}, check=True)
    command = [str(WEB / "gunicorn"), "-c", "web/gunicorn.conf.py"]
    return Part(command, work / f"{name}.log", f"http://127.0.0.1:{port}", "/healthz", **settings)


@contextmanager
def running(*parts: Part) -> Iterator[None]:
    """Starts parts, one after the other; ends them."""
    try:
        for part in parts:
            part.start()
        yield
    finally:
        for part in reversed(parts):
            part.stop()


def machine() -> dict[str, Any]:
    """What stands beside every result: cores, memory, and what else the machine was doing."""
    memory = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "cores": os.cpu_count(),
        "processor": model[0].partition(": ")[2] if model else "",
        "memory_gb": round(int(memory.split()[1]) / 1e6, 1),
        "load_average": [round(value, 2) for value in os.getloadavg()],
    }
