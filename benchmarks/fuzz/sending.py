"""Sends the fixed list of nasty input to a door, over HTTP and as bytes on a connection."""

from __future__ import annotations

import json
import socket
import time
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlsplit

import httpx

from benchmarks.fuzz import nasty
from benchmarks.fuzz.promise import Answer, Tally, broken_by_door

#: Seconds after which a connection is given up.
_GIVEN_UP = 15.0
#: Seconds that a door may wait for the rest of a request: web/whole_requests.py, and something for a busy machine.
_REST = 8.0
#: Bytes of a body that a door that refuses it reads all the same.
_READ = 48 * 1024

Tallies = defaultdict[str, Tally]


def ask(http: httpx.Client, method: str, address: str, content: bytes, headers: dict[str, str]) -> Answer:
    """Sends a request and reads its answer; an ended connection is an answer of status 0."""
    started = time.perf_counter()
    # Headers as bytes: a client of good manners would refuse some of them.
    raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    try:
        answer = http.request(method, address, content=content, headers=raw)
    except httpx.HTTPError:
        return Answer(0, {}, b"", time.perf_counter() - started)
    return Answer(answer.status_code, answer.headers, answer.content, time.perf_counter() - started)


def new_token(http: httpx.Client) -> str:
    """A session's token."""
    return str(http.post("/chat/sessions").json()["token"])


def send_bodies(http: httpx.Client, tallies: Tallies) -> None:
    """Every nasty body to every address that takes one; what was taken has to be readable afterwards."""
    for body in nasty.bodies():
        token = {"Authorization": f"Bearer {new_token(http)}"}
        others = () if body.kind in nasty.TEXTS else ("/chat/feedback", "/chat/callbacks")
        for address in ("/chat/messages", *others):
            answer = ask(http, "POST", address, body.content, {**token, **body.headers})
            hung_up = answer.status == 0 and len(body.content) > _READ  # while more was coming: the answer may be lost
            tallies[body.kind].note(f"{address}, {body.name}", answer, "" if hung_up else broken_by_door(answer))
        answer = ask(http, "GET", "/chat/messages", b"", token)
        tallies[body.kind].note(f"read again, {body.name}", answer, broken_by_door(answer))


def send_other_texts(http: httpx.Client, tallies: Tallies) -> None:
    """Every nasty text into the other fields that can be typed freely: comments, and the call-back form."""
    token = new_token(http)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    greeting = http.get("/chat/messages", headers={"Authorization": f"Bearer {token}"}).json()["messages"][0]
    reply = greeting["replies"][0]["id"]
    for kind, texts in nasty.TEXTS.items():
        for number, text in enumerate(texts):
            form = {
                "id": str(uuid.uuid4()),
                "name": "Jo",
                "phone": "312-555-0188",
                "leave_message": True,
                "consent": True,
            }
            for address, body in (
                ("/chat/feedback", {"reply": reply, "helpful": True, "comment": text}),
                ("/chat/feedback", {"reply": text, "helpful": True}),
                *(("/chat/callbacks", {**form, name: text}) for name in ("id", "name", "phone", "topic", "best_time")),
            ):
                answer = ask(http, "POST", address, json.dumps(body).encode(), headers)
                tallies[kind].note(f"{address}, {sorted(body)} {number}", answer, broken_by_door(answer))


def send_tokens_and_addresses(http: httpx.Client, tallies: Tallies) -> None:
    """Tokens that are none, addresses that nobody has, and every method at every address."""
    for token in nasty.TOKENS:
        for method, address in (("POST", "/chat/messages"), ("GET", "/chat/messages"), ("DELETE", "/chat/session")):
            headers = {"Authorization": token, "Content-Type": "application/json"}
            answer = ask(http, method, address, b"{}", headers)
            found = broken_by_door(answer) or ("" if answer.status in (401, 415) else f"status {answer.status}")
            tallies["tokens that are none"].note(f"{method} {address} {token[:30]!r}", answer, found)
    for address in nasty.ADDRESSES:
        answer = ask(http, "GET", address, b"", {})
        tallies["addresses that are none"].note(address[:60], answer, broken_by_door(answer))
    for address in (
        "/chat/sessions",
        "/chat/session",
        "/chat/messages",
        "/chat/feedback",
        "/chat/callbacks",
        "/healthz",
    ):
        for method in ("PUT", "PATCH", "TRACE", "BREW", "OPTIONS", "HEAD"):
            answer = ask(http, method, address, b"", {})
            tallies["methods that are none"].note(f"{method} {address}", answer, broken_by_door(answer))


def send_raw(url: str, token: str, tallies: Tallies) -> None:
    """Requests that no client sends, several at once: some of them are waited for."""
    requests = list(nasty.raw_requests(token))
    with ThreadPoolExecutor(16) as pool:
        answers = pool.map(lambda raw: exchange(url, raw.content), requests)
        for raw, answer in zip(requests, answers):
            if raw.whole:
                tallies["requests that are none"].note(raw.name, answer, broken_by_door(answer))
                continue
            late = f"held open for {answer.seconds:.1f} seconds" if answer.seconds > _REST else ""
            found = broken_by_door(replace(answer, seconds=0.0)) if answer.status else ""
            tallies["requests that never end"].note(raw.name, answer, late or found)


def exchange(url: str, content: bytes) -> Answer:
    """Sends bytes on a connection and reads until there is an answer, or the other side ends it."""
    parts = urlsplit(url)
    started, got = time.perf_counter(), b""
    with socket.create_connection((parts.hostname, parts.port), timeout=_GIVEN_UP) as connection:
        try:
            connection.sendall(content)
            while not _complete(got) and (more := connection.recv(65536)):
                got += more
        except OSError:  # reset, or nothing came for too long
            pass
    return _read(got, time.perf_counter() - started)


def _complete(got: bytes) -> bool:
    head, end, body = got.partition(b"\r\n\r\n")
    length = next((line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), None)
    return bool(end) and length is not None and len(body) >= int(length)


def _read(got: bytes, seconds: float) -> Answer:
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) < 2 or not words[1].isdecimal():
        return Answer(0, {}, got, seconds)
    pairs = (line.partition(":") for line in lines)
    return Answer(int(words[1]), {name.lower(): value.strip() for name, _, value in pairs}, body, seconds)
