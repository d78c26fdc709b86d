"""PostgreSQL, Redis and nginx on free ports of this machine, each with data of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from benchmarks.load.servers import ROOT, Part, free_port

#: PostgreSQL does not run as root; Debian's package makes this user.
POSTGRES_USER = "postgres"


class Engine(Part):
    """A program that is ready when its port takes connections."""

    def __init__(self, command: list[str], log: Path, port: int, folder: Path) -> None:
        super().__init__(command, log, f"http://127.0.0.1:{port}", "", folder)
        self.port = port

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def redis(work: Path) -> Engine:
    """Redis as compose.yaml starts it."""
    port = free_port()
    folder = work / "redis"
    folder.mkdir()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--appendonly", "yes"]
    return Engine(command, work / "redis.log", port, folder)


def postgres(work: Path) -> tuple[Engine, str]:
    """PostgreSQL with an empty database, and the address of that.

    Raises:
        subprocess.CalledProcessError: its cluster could not be made.
    """
    port = free_port()
    tools = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    folder = work / "postgres"
    folder.mkdir()
    as_user = []
    if os.getuid() == 0:
        shutil.chown(folder, POSTGRES_USER)
        as_user = ["setpriv", f"--reuid={POSTGRES_USER}", f"--regid={POSTGRES_USER}", "--clear-groups"]
    data = folder / "data"
    make = [*as_user, str(tools / "initdb"), "--pgdata", str(data), "--username", "chat", "--auth", "trust"]
    subprocess.run([*make, "--encoding", "UTF8"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    command = [
        *(*as_user, str(tools / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder)),
        *("-c", "max_connections=200", "-c", "shared_buffers=256MB"),
    ]
    return Engine(command, work / "postgres.log", port, folder), f"postgres://chat@127.0.0.1:{port}/postgres"


def wait_for_postgres(address: str) -> None:
    """Waits until PostgreSQL takes queries: it takes connections a moment before.

    Raises:
        RuntimeError: it does not within half a minute.
    """
    for _ in range(150):
        if subprocess.run(["psql", address, "-qc", "select 1"], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.2)
    raise RuntimeError("PostgreSQL takes no queries")


def nginx(work: Path, doors: list[str], rasas: list[str], actions: list[str]) -> tuple[Engine, str, str]:
    """A proxy with deploy/nginx.conf, its names and ports put in.

    Args:
        work: folder for its files.
        doors: addresses (host:port).
        rasas: the same.
        actions: the same.

    Returns:
        the engine; the address for visitors; that of Rasa.
    """
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    ports = {number: free_port() for number in ("8080", "5005", "5055")}
    for upstream, servers in (("doors", doors), ("rasas", rasas), ("action_servers", actions)):
        lines = "".join(f"        server {server} max_fails=0;\n" for server in servers)
        block = re.compile(rf"(upstream {upstream} {{\n        least_conn;\n)(?:        server [^\n]*\n)+")
        text, found = block.subn(rf"\g<1>{lines}", text)
        if not found:
            raise RuntimeError(f"deploy/nginx.conf has no upstream {upstream} of the form that is known here")
    for number, port in ports.items():
        text = text.replace(f"listen {number};", f"listen 127.0.0.1:{port};")
    folder = work / "nginx"
    folder.mkdir()
    text = text.replace("/tmp/", f"{folder}/")
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    engine = Engine(command, work / "nginx.log", ports["8080"], folder)
    return engine, f"http://127.0.0.1:{ports['8080']}", f"http://127.0.0.1:{ports['5005']}"
