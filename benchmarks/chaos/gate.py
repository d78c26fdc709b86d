"""Stands between two parts, passes their HTTP requests on, and breaks them off or holds them at a chosen step."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

#: Seconds that a request may take behind a gate, and that requests wait for one another at a step.
LIMIT = 30.0
_PASSED_ON = ("authorization", "content-type", "accept")
_PASSED_BACK = ("content-type", "retry-after", "x-request-id")


@dataclass(frozen=True)
class Passed:
    """An answer on its way back."""

    status: int
    headers: dict[str, str]
    content: bytes


class Passage:
    """One request at a gate.

    Attributes:
        method: of the request.
        path: of the request.
        body: its bytes.
    """

    def __init__(self, handler: BaseHTTPRequestHandler, gate: Gate, body: bytes) -> None:
        self._handler, self._gate = handler, gate
        self.method, self.path, self.body = handler.command, handler.path, body

    def forward(self) -> Passed:
        """Sends the request on and gives the answer.

        Raises:
            httpx.HTTPError: there is none.
        """
        headers = {name: value for name, value in self._handler.headers.items() if name.lower() in _PASSED_ON}
        headers["Accept-Encoding"] = "identity"
        found = self._gate.client.request(self.method, self.path, content=self.body, headers=headers)
        return Passed(found.status_code, {k: v for k, v in found.headers.items() if k in _PASSED_BACK}, found.content)

    def give(self, answer: Passed, *, share: float = 1.0) -> None:
        """Gives an answer back.

        Args:
            answer: the answer.
            share: of its body; less than 1 breaks it off there.
        """
        self._handler.send_response(answer.status)
        for name, value in answer.headers.items():
            self._handler.send_header(name, value)
        self._handler.send_header("Content-Length", str(len(answer.content)))
        self._handler.end_headers()
        self._handler.wfile.write(answer.content[: int(len(answer.content) * share)])
        if share < 1:
            self._handler.wfile.flush()
            self.cut()

    def pass_on(self) -> None:
        """Sends the request on and its answer back."""
        self.give(self.forward())

    def cut(self) -> None:
        """Ends the connection without (further) words."""
        with contextlib.suppress(OSError):
            self._handler.connection.shutdown(socket.SHUT_RDWR)
        self._handler.close_connection = True


Rule = Callable[[Passage], None]


class Gate:
    """Serves on a free port what is at an address.

    Attributes:
        url: where it serves.
        rule: what is done with each POST; None passes it on. All else is always passed on.
        client: that asks the part behind.
        posts: how many POSTs came.
    """

    def __init__(self, upstream: str = "") -> None:
        self.rule: Rule | None = None
        self.posts = 0
        self.lead_to(upstream)
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                passage = Passage(self, gate, body)
                gate.posts += self.command == "POST"
                rule = gate.rule if self.command == "POST" and gate.rule else Passage.pass_on
                try:
                    rule(passage)
                except (httpx.HTTPError, OSError):  # whoever asked is told as it would have been without the gate
                    passage.cut()

            do_GET = do_POST = do_DELETE = _serve  # noqa: N815 (the base class looks for these names)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def lead_to(self, upstream: str) -> None:
        """Passes requests on to an address from now on."""
        limits = httpx.Limits(max_connections=None, keepalive_expiry=1)
        self.client = httpx.Client(base_url=upstream, timeout=LIMIT, limits=limits, trust_env=False)

    def close(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()
        self.client.close()


class Step:
    """A step of a turn, at which something happens when so many requests have come to it; they wait for it.

    Args:
        happens: called once.
        requests: how many.

    Attributes:
        reached: whether it came to that.
    """

    def __init__(self, happens: Callable[[], object], requests: int = 2) -> None:
        self.reached = False
        self._happens = happens
        self._barrier = threading.Barrier(requests, action=self._happen, timeout=LIMIT)

    def _happen(self) -> None:
        self._happens()
        self.reached = True

    def wait(self) -> None:
        """A request has come here."""
        with contextlib.suppress(threading.BrokenBarrierError):  # whoever looks finds it not reached
            self._barrier.wait()

    def asked(self, passage: Passage) -> None:
        """Rule: the step is that the request has come whole and was not passed on yet."""
        self.wait()
        passage.pass_on()

    def answered(self, passage: Passage) -> None:
        """Rule: the step is that the part behind has answered and whoever asked does not know it yet."""
        answer = passage.forward()
        self.wait()
        passage.give(answer)

    def answer_lost(self, passage: Passage) -> None:
        """Rule: the same, and the answer is never given."""
        passage.forward()
        self.wait()
        passage.cut()
