"""A door with the same contract as the real one, that fails on command and remembers what it was asked."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = dict[str, Any]
Failure = Callable[["_Handler"], bool]

PHONE = "847-236-9310"
_CALL = {"label": f"Call the clinic: {PHONE}", "href": "tel:+18472369310"}
_CRISIS_LINKS = [
    {"label": "Call 988", "href": "tel:988"},
    {"label": "Text 988", "href": "sms:988"},
    {"label": "Chat at 988lifeline.org", "href": "https://988lifeline.org/chat"},
    {"label": "Call 911", "href": "tel:911"},
    _CALL,
]


def reply(kind: str, text: str, **more: Any) -> Reply:
    """A Reply object of the Chat API."""
    return {"id": str(uuid.uuid4()), "kind": kind, "text": text, "source": None, "links": [], "choices": []} | more


def choices(*labels: str) -> list[dict[str, str]]:
    """Topics to tap."""
    return [{"label": label, "text": label} for label in labels]


def greeting() -> Reply:
    """What the real door says first."""
    return reply(
        "greeting",
        "Hello. I'm an automated program, not a person or a clinician. I share what this page says about ketamine "
        "treatment. I can't diagnose or give advice.\nNo one is watching this chat live. It is stored, and staff may "
        "read it later, so please leave personal details out. In a crisis, call or text 988, or call 911.",
        links=[_CRISIS_LINKS[0], _CRISIS_LINKS[1], _CRISIS_LINKS[3]],
        choices=choices("What is this treatment?", "How soon does it work?", "How long is a session?"),
    )


def answers(text: str) -> list[Reply]:
    """Replies by a word of the message."""
    words = text.lower()
    if "die" in words:
        return [
            reply(
                "crisis",
                "I'm glad you wrote this. You don't have to go through it alone.\nCall or text 988, the 988 Suicide & "
                "Crisis Lifeline. It is free, confidential and open 24/7. You can also chat at 988lifeline.org. A "
                "trained counselor picks up, listens and helps you stay safe.\nIf you or anyone is in danger right "
                "now, call 911.\nIf you can, reach out to someone you trust, too.\nThe clinic is at 847-236-9310. It "
                "is not an emergency service. I'm an automated program, and no one is reading this chat right now.",
                links=_CRISIS_LINKS,
            )
        ]
    if "breathe" in words:
        return [
            reply(
                "emergency",
                "Please call 911 right now, or ask someone near you to call.\nOnce help is on the way, the clinic can "
                "be told at 847-236-9310. It is not an emergency service.\nI'm an automated program, and no one is "
                "reading this chat right now.",
                links=[_CRISIS_LINKS[3], _CALL],
            )
        ]
    if "both" in words:
        return [*answers("session"), *answers("cost")]
    if "warfarin" in words or "call me" in words:
        return [
            reply(
                "personal",
                "That depends on you and your medicines, so I won't guess. Please ask the clinic at 847-236-9310. "
                "Please don't change or stop a medicine because of this chat; ask the person who prescribed it.",
                links=[_CALL],
            )
        ]
    if "cost" in words:
        return [
            reply(
                "not_on_page",
                "This page does not say what it costs. The clinic can tell you at 847-236-9310.",
                links=[_CALL],
            )
        ]
    if "elsewhere" in words:
        source = {"section": "Another page", "url": "https://clinic.example/other#there"}
        return [reply("answer", "That is on another page.", source=source)]
    if "<b>" in words:
        return [
            reply(
                "answer",
                "<b>bold</b><img src=x onerror=alert(1)>",
                source={"section": "<i>x</i>", "url": "javascript:alert(1)"},
                links=[{"label": "bad", "href": "javascript:alert(1)"}],
            )
        ]
    return [
        reply(
            "answer",
            "The page says that over about 45 minutes patients begin to notice effects. This page does not cover "
            "risks or side effects; the clinic can, at 847-236-9310.",
            source={"section": "How do treatments work?", "url": "#how-treatments-work"},
            links=[_CALL],
            choices=choices("How is it given?", "What do patients feel?", "How often are treatments?"),
        )
    ]


# --- Failures: each takes the request and says whether it has answered it -----------------------------------


def status(code: int, detail: str = "No.", **headers: str) -> Failure:
    """Answers with a problem."""

    def fail(request: _Handler) -> bool:
        problem = {"title": "Problem", "status": code, "detail": detail}
        request.answer(code, problem, {name.replace("_", "-"): value for name, value in headers.items()})
        return True

    return fail


def dropped(request: _Handler) -> bool:
    """Cuts the connection without an answer."""
    with contextlib.suppress(OSError):
        request.connection.close()
    return True


def slow(seconds: float) -> Failure:
    """Answers late."""

    def fail(_request: _Handler) -> bool:
        time.sleep(seconds)
        return False

    return fail


def mistaken(*mistakes: tuple[str, str], card: bool = False) -> Failure:
    """Refuses a form: what is wrong at which fields; with a card where its words need one."""

    def fail(request: _Handler) -> bool:
        found = [{"field": field, "code": "x", "detail": detail} for field, detail in mistakes]
        problem = {"status": 422, "detail": "Look.", "mistakes": found, "replies": answers("die") if card else []}
        request.answer(422, problem)
        return True

    return fail


def not_kept(request: _Handler) -> bool:
    """Gives the card for a form's words, but cannot keep the request."""
    request.answer(200, {"kept": False, "replies": answers("die")})
    return True


def lost_answer(request: _Handler) -> bool:
    """Takes the message, then cuts the connection: the visitor's side can't know that it arrived."""
    request.serve(silent=True)
    return dropped(request)


class FakeDoor:
    """The door, its memory, and the failures that come next.

    Attributes:
        sessions: messages by token, as they are stored: each ``id`` once.
        requests: (method, path, body) of every request to the API, in order.
        failures: what happens to the next requests, by "METHOD path"; used up one by one.
        files: what else it serves, by path: type, content, headers.
        fetched: paths of the files that were asked for.
        address: where it is, once it runs.
        call_backs: the requests to be called that it keeps, by id.
        broken: what happens to all requests to the API, until it is None again.
    """

    def __init__(self) -> None:
        self.sessions: dict[str, list[dict[str, Any]]] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.failures: dict[str, list[Failure]] = {}
        self.broken: Failure | None = None
        self.feedback: list[dict[str, Any]] = []
        self.call_backs: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[str, bytes, dict[str, str]]] = {}
        self.fetched: list[str] = []
        self.lock = threading.Lock()
        self.address = ""

    def stored(self) -> list[str]:
        """The texts of all messages stored, in order."""
        return [turn["text"] for turns in self.sessions.values() for turn in turns if turn["text"]]

    def asked(self, method: str, path: str) -> list[Any]:
        """Bodies of the requests of one kind."""
        return [body for how, where, body in self.requests if (how, where) == (method, path)]

    def next(self, request: str, *failures: Failure) -> None:
        """Has the next requests of one kind ("POST messages") fail."""
        self.failures.setdefault(request, []).extend(failures)


class _Handler(BaseHTTPRequestHandler):
    door: FakeDoor
    protocol_version = "HTTP/1.1"
    body: Any = None

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self, code: int, content: Any = None, headers: dict[str, str] | None = None) -> None:
        data = b"" if content is None else json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "authorization, content-type")
        self.send_header("Access-Control-Allow-Methods", "GET, POST, DELETE")
        self.send_header("Access-Control-Expose-Headers", "Retry-After")
        self.send_header("Access-Control-Max-Age", "600")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(data)

    def do_OPTIONS(self) -> None:
        self.answer(204)

    def handle_api(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.body = json.loads(self.rfile.read(length)) if length else None
        name = self.path.removeprefix("/chat/")
        door = self.door
        with door.lock:
            door.requests.append((self.command, name, self.body))
            waiting = door.failures.get(f"{self.command} {name}")
            failure = door.broken or (waiting.pop(0) if waiting else None)
        if failure and failure(self):
            self.close_connection = True
            return
        self.serve()

    def serve(self, *, silent: bool = False) -> None:
        code, content = self.result()
        if not silent:
            self.answer(code, content)

    def result(self) -> tuple[int, Any]:
        door, name, body = self.door, self.path.removeprefix("/chat/"), self.body
        with door.lock:
            if name == "sessions":
                token = uuid.uuid4().hex
                first = {"id": None, "text": None, "at": "", "replies": [greeting()]}
                door.sessions[token] = [first]
                return 201, {"token": token, "replies": first["replies"]}
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            turns = door.sessions.get(token)
            if turns is None:
                return 401, {"status": 401, "detail": "This chat session is over."}
            match self.command, name:
                case "GET", "messages":
                    return 200, {"messages": turns}
                case "POST", "messages":
                    known = [turn for turn in turns if turn["id"] == body["id"]]
                    if not known:
                        turns.append({**body, "at": "", "replies": answers(body["text"])})
                    return 200, {"replies": (known or turns[-1:])[0]["replies"]}
                case "POST", "feedback":
                    door.feedback.append(body)
                    return 200, {"replies": answers("die") if "die" in (body.get("comment") or "") else []}
                case "POST", "callbacks":
                    door.call_backs.setdefault(body["id"], body)
                    return 200, {"kept": True, "replies": answers("die") if "die" in body["topic"] else []}
                case "DELETE", "session":
                    del door.sessions[token]
                    return 204, None
        return 404, {"status": 404}

    def do_GET(self) -> None:
        if self.path.startswith("/chat/"):
            self.handle_api()
            return
        with self.door.lock:
            self.door.fetched.append(self.path)
        kind, data, headers = self.door.files.get(self.path.split("?")[0], ("", b"", {}))
        if not kind:
            self.answer(404, {})
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Access-Control-Allow-Origin", "*")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(data)

    do_POST = handle_api  # noqa: N815
    do_DELETE = handle_api  # noqa: N815


@contextlib.contextmanager
def running(door: FakeDoor) -> Iterator[None]:
    """Runs a door on a free port."""
    handler = type("Handler", (_Handler,), {"door": door})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        door.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
