"""A stand-in for Rasa's inner channel: a real HTTP server on loopback that can fail in every way Rasa can."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = "About 45 minutes, the page says."


def made_reply(**fields: Any) -> dict[str, Any]:
    """A reply as nlu/reply_maker.py makes it."""
    return {
        "id": str(uuid.uuid4()),
        "kind": "answer",
        "text": ANSWER,
        "source": {"section": "How do treatments work?", "url": "#how-treatments-work"},
        "links": [],
        "choices": [{"label": "How often?", "text": "How often?"}],
        "topic": "session_length",
        "confidence": 0.93,
        "benefit": False,
        **fields,
    }


def turn(*replies: dict[str, Any], danger: str = "none") -> dict[str, Any]:
    """An answer of the inner channel."""
    understood = {
        "intent": {"name": "session_length", "confidence": 0.93},
        "questions": [{"text": "how long", "intent": "session_length", "confidence": 0.93, "answerable": True}],
        "risk": {"danger": danger, "whose": "own", "sure": "none", "words": [], "gentle": False, "language": "en"},
    }
    return {"replies": list(replies) or [made_reply()], "understood": understood, "escalation": None}


class FakeRasa:
    """Serves ``POST /webhooks/inner/webhook`` and ``DELETE /webhooks/inner/conversations/<id>``.

    Attributes:
        answer: what is sent: JSON values, or bytes as they are.
        status: HTTP status of the answer.
        delay: seconds before it.
        broken: None, "drop" (closes without a word), "half" (closes in the middle), "drip" (a byte now and then).
        seen: bodies of the requests so far.
        forgotten: ids of the conversations that were to be forgotten.
        forgets: HTTP status of the answer to that.
        before: called with the body when a request has come in.
    """

    def __init__(self) -> None:
        self.released = threading.Event()
        self.reset()
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                door.seen.append(body)
                if door.before:
                    door.before(body)
                with contextlib.suppress(ConnectionError):
                    door._respond(self, body)

            def do_DELETE(self) -> None:
                door.forgotten.append(self.path.rpartition("/")[2])
                self.send_response(door.forgets)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: Any) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def reset(self) -> None:
        """As if freshly started: answers every message at once."""
        self.released.set()  # lets hanging answers of the last test go
        self.released = threading.Event()
        self.answer: Any = None
        self.status = 200
        self.delay = 0.0
        self.broken: str | None = None
        self.seen: list[dict[str, Any]] = []
        self.forgotten: list[str] = []
        self.forgets = 204
        self.before: Callable[[dict[str, Any]], object] | None = None

    def close(self) -> None:
        """Stops serving."""
        self.reset()
        self._server.shutdown()
        self._server.server_close()

    def _respond(self, handler: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        if self.delay:
            self.released.wait(self.delay)
        if self.broken == "drop":
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return
        answer = turn() if self.answer is None else self.answer
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        handler.send_response(self.status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if self.broken == "half":
            handler.wfile.write(content[:10])
            handler.close_connection = True
        elif self.broken == "drip":
            released = self.released
            for byte in content:
                if released.is_set():
                    break
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                time.sleep(0.2)
            handler.close_connection = True
        else:
            handler.wfile.write(content)


def closed_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
