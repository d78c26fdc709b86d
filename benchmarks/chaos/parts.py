"""The real parts as the Procfile starts them, each under checks/keep_up.sh, with gates between them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from benchmarks.chaos.gate import Gate, Passage, Passed
from benchmarks.chaos.log import Log, SqliteLog
from benchmarks.load import servers
from benchmarks.load.servers import ROOT, WEB, Part

KEEP_UP = str(ROOT / "checks" / "keep_up.sh")
#: Seconds within which a part that was killed has to be back (a Rasa takes long on a busy machine).
BACK = 180.0
#: Seconds that one delivery of an alert has to itself; two minutes by default, which is long to wait for here.
ALERT_LEASE = 3
#: Root may write to everything; without these rights it may not, as the door's own user in deploy/.
AS_USUAL = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.getuid() == 0 else []


class Worker(Part):
    """A part that answers nothing: it is ready when it runs, and has been started anew where it was killed."""

    def is_ready(self) -> bool:
        """Whether it runs."""
        assert self._process
        commands = (Path(f"/proc/{pid}/cmdline") for pid in servers._family(self._process.pid)[1:])
        return any(b"manage.py" in command.read_bytes() for command in commands if command.exists())


def kept_up(part: Part, name: str, before: list[str] | None = None) -> Part:
    """A part that is started again when it ends, as in the Procfile."""
    part._command = [KEEP_UP, name, *(before or []), *part._command]
    return part


def kill(part: Part) -> None:
    """Kills (-9) every process of a part that is kept up, but not what keeps it up."""
    assert part._process
    for pid in servers._family(part._process.pid)[1:]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def kill_all(part: Part, how: signal.Signals = signal.SIGKILL) -> None:
    """Ends a part and all that it has started, also what left its group, and waits until it is gone."""
    assert part._process
    members = servers._family(part._process.pid)
    for pid in members if how is signal.SIGKILL else members[:1]:
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            continue
    part._process.wait(timeout=30)
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in members), 10)


def wait_until(true: Callable[[], object], seconds: float = BACK) -> float | None:
    """Waits until something is true; gives the seconds that it took, None when it never was."""
    started = time.monotonic()
    while not true():
        if time.monotonic() - started > seconds:
            return None
        time.sleep(0.05)
    return round(time.monotonic() - started, 1)


class Parts:
    """Action server, Rasa, door and sender of alerts, each with data of its own, and gates between them.

    Args:
        work: an empty folder for their data and logs.
        model: of Rasa.

    Attributes:
        data: the folder of the log and of Rasa's states: a small file system of its own where it may be mounted.
        mounted: whether it is one.
        front: the gate before the door, where visitors come.
        to_rasa: the gate between door and Rasa.
        to_actions: the gate between Rasa and action server.
        duty: where alerts arrive; ``told`` has the texts of those it took.
        log: the door's log.
        settings: of door and sender, for the alerts.
        url: where visitors come.
        door, rasa, actions, sender: the parts.
    """

    def __init__(self, work: Path, model: Path) -> None:
        self.work = work
        self.data = work / "data"
        self.data.mkdir(parents=True)
        self.mounted = mount(self.data)
        self.told: list[str] = []
        self.duty = Gate()
        self.duty.rule = self.take_alert
        self.actions = servers.action_server(work)
        self.to_actions = Gate(self.actions.url)
        self.rasa = servers.rasa(work, ROOT, model, self.to_actions)
        self.to_rasa = Gate(self.rasa.url)
        self.settings = {
            "ALERT_CHANNELS": f"duty={self.duty.url.replace('http', 'json')}/",
            "ALERT_LEASE_SECONDS": str(ALERT_LEASE),
        }
        self.door = servers.door(work, self.to_rasa.url, **self.settings)
        self.front = Gate(self.door.url)
        self.url = self.front.url
        self.sender = self.sender_of_alerts("alerts")
        self.log: Log = SqliteLog(self.data / "chat.sqlite3")
        for part, name in self._names().items():
            kept_up(part, name, AS_USUAL if part is self.door else None)

    def sender_of_alerts(self, name: str, **more: str) -> Part:
        """The sender of alerts, not started; more environment variables give it another log."""
        environment = {"CHAT_DATA_DIR": str(self.data), "RASA_URL": self.to_rasa.url, **self.settings, **more}
        command = [str(WEB / "python"), "web/manage.py", "send_alerts"]
        return Worker(command, self.work / f"{name}.log", "", "", ROOT, **environment)

    def _names(self) -> dict[Part, str]:
        """The parts with their names in the Procfile."""
        return {
            self.actions: "The action server",
            self.rasa: "Rasa",
            self.door: "The door",
            self.sender: "The sender of alerts",
        }

    def start(self) -> None:
        """Starts all at once and waits until all are ready.

        Raises:
            RuntimeError: one is not; its log says why.
        """
        for part in self._names():
            part.start(wait=False)
        for part, name in self._names().items():
            if wait_until(part.is_ready) is None:
                raise RuntimeError(f"{name} did not become ready; see {self.work}")

    def stop(self) -> None:
        """Ends all."""
        for part in self._names():
            part.stop()
        for gate in (self.front, self.to_rasa, self.to_actions, self.duty):
            gate.close()
        if self.mounted:
            unmount(self.data)

    def take_alert(self, passage: Passage) -> None:
        """Rule of ``duty``: takes an alert."""
        self.told.append(passage.body.decode())
        passage.give(Passed(200, {}, b"ok"))

    def told_of(self, conversation: str) -> list[str]:
        """The alerts that have arrived for a conversation."""
        return [text for text in self.told if conversation in text]

    # --- what the staff can see ------------------------------------------------------------------------------------

    def marks(self) -> dict[str, int]:
        """How long each part's own log file is now."""
        return {path.name: path.stat().st_size for path in self.work.glob("*.log")}

    def since(self, marks: dict[str, int], name: str) -> str:
        """What a part ("door", "rasa", "actions", "alerts") wrote to its log file since then."""
        path = self.work / f"{name}.log"
        return path.read_bytes()[marks.get(path.name, 0) :].decode(errors="replace")

    def metric(self, name: str) -> float:
        """A counter of the door, all labels together; 0 while the door does not answer."""
        try:
            text = httpx.get(f"{self.door.url}/metrics", timeout=5, trust_env=False).text
        except httpx.HTTPError:
            return 0.0
        lines = [line for line in text.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
        return sum(float(line.rpartition(" ")[2]) for line in lines)


def mount(folder: Path, megabytes: int = 48) -> bool:
    """Makes a folder a small file system in memory; False where that is not allowed."""
    if not shutil.which("mount") or os.getuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def unmount(folder: Path) -> None:
    """Takes it away again."""
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)
