"""Clients that send slowly, or never finish, keep nobody else waiting (web/whole_requests.py)."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from running_door import RunningDoor

from web.settings import THREADS
from web.whole_requests import whole

HEAD = b"POST /chat/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
ASKED = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
#: More than there are threads to serve them.
MANY = THREADS + 20


@pytest.fixture
def connections() -> Iterator[list[socket.socket]]:
    opened: list[socket.socket] = []
    yield opened
    for connection in opened:
        connection.close()


@pytest.mark.parametrize(
    "part",
    [
        b"",
        HEAD,
        HEAD + b"Content-Length: 500\r\n\r\n{",
        HEAD + b"Content-Length: 900000\r\n\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n",
        ASKED + b"Connection: close\r\n\r\n",
        ASKED + b"\r\n" + ASKED,
    ],
    ids=["nothing", "half a head", "half a body", "too large", "half in chunks", "no goodbye", "one and a half"],
)
def test_more_slow_clients_than_threads_keep_nobody_waiting(
    door: RunningDoor, connections: list[socket.socket], part: bytes
) -> None:
    for _ in range(MANY):
        connections.append(socket.create_connection((urlsplit(door.url).hostname, urlsplit(door.url).port)))
        connections[-1].sendall(part)
    with door.client() as http:  # gunicorn's own threads would all be waiting now, for as long as these clients like
        assert http.get("/healthz").status_code == 200
        assert http.post("/chat/sessions").status_code == 201


def test_a_request_in_small_pieces_is_answered(door: RunningDoor, connections: list[socket.socket]) -> None:
    body = b'{"id": "x", "text": "hello"}'
    connections.append(socket.create_connection((urlsplit(door.url).hostname, urlsplit(door.url).port)))
    request = HEAD + b"Authorization: Bearer x\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    for at in range(0, len(request), 7):
        connections[0].sendall(request[at : at + 7])
    assert connections[0].recv(4096).startswith(b"HTTP/1.1 401 ")


def test_a_client_that_never_finishes_is_hung_up_on(door: RunningDoor, connections: list[socket.socket]) -> None:
    connections.append(socket.create_connection((urlsplit(door.url).hostname, urlsplit(door.url).port)))
    connections[0].sendall(HEAD)
    with contextlib.suppress(ConnectionResetError):
        assert connections[0].recv(1) == b""


def test_one_connection_serves_many_requests(door: RunningDoor) -> None:
    with httpx.Client(base_url=door.url, trust_env=False) as http:
        assert [http.get("/healthz").status_code for _ in range(5)] == [200] * 5


@pytest.mark.parametrize(
    ("data", "is_whole"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", False),
        (b"POST / HTTP/1.1\r\nCONTENT-LENGTH:3\r\n\r\nabc", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 8193\r\n\r\n", True),  # refused unread
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", False),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", False),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: x\r\n\r\n", True),
        (b"x" * 48 * 1024, True),
    ],
)
def test_what_a_whole_request_is(data: bytes, is_whole: bool) -> None:
    assert whole(data) is is_whole
