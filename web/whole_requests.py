"""The worker of gunicorn that serves the door: a request takes a thread when all of it has come, and not before.

gunicorn's own thread worker reads head and body in a thread and waits there as long as a client likes: as many slow
clients as there are threads, and nobody else is answered. Here the connections wait in the main loop, where one costs a
file descriptor, and are closed when the whole has not come in :data:`READ_SECONDS`.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.util import close_graceful
from gunicorn.workers.gthread import TConn, ThreadWorker

#: Seconds that a client has for a whole request.
READ_SECONDS = 5.0
#: Seconds that one reading from or writing to a client may take in a thread.
_STEP_SECONDS = 10
#: Seconds that a thread waits for what a client still sends when it has its answer.
_REST_SECONDS = 0.25
#: Bytes of head and body that are waited for. What is longer goes to a thread, which refuses it without reading on.
LONGEST = 48 * 1024
#: web.chat.body_limit refuses a longer body, so none of it is waited for.
_BODY = 8192
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_CHUNK = re.compile(rb"([0-9a-f]{1,6})[^\r\n]{0,64}\r\n", re.IGNORECASE)


def whole(data: bytes) -> bool:
    """Whether some bytes are a whole request, or as much of one as will be read."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return len(data) >= LONGEST
    head += b"\r\n"
    if _CHUNKED.search(head):
        return _last_chunk(body)
    length = _LENGTH.search(head)
    return length is None or not len(body) < int(length[1]) <= _BODY


def _last_chunk(body: bytes) -> bool:
    """Whether a body in chunks (RFC 9112, 7.1) is there to its end, or is longer than any that is read."""
    at = size = 0
    while chunk := _CHUNK.match(body, at):
        length = int(chunk[1], 16)
        if length == 0:
            return body.find(b"\r\n\r\n", chunk.end() - 2) >= 0
        size += min(length, len(body) - chunk.end())
        if size > _BODY:
            return True
        at = chunk.end() + length + 2
    return len(body) >= LONGEST - _BODY


class WholeRequestWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's thread worker, with the waiting for clients in its main loop."""

    def accept(self, listener: socket.socket) -> None:
        """Takes a connection and waits for its first request."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        step = struct.pack("ll", _STEP_SECONDS, 0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, step)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, step)
        self.nr_conns += 1
        self._wait(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """A further request on a connection has begun to come."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._wait(conn)

    def _wait(self, conn: TConn) -> None:
        """Lets a connection wait in the main loop until a whole request is there, or its time is over."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + READ_SECONDS
        conn.looked_at = 0
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """More of a request has come: to a thread with it, if it is all or the client has hung up."""
        try:
            data = client.recv(LONGEST, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if len(data) > conn.looked_at and not whole(data):
            conn.looked_at = len(data)
            # All of it stays on the connection, which is looked at again when there is more.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, len(data) + 1)
            return
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        super().on_pending_socket_readable(conn, client)

    def handle(self, conn: TConn) -> bool:
        """Serves a request in a thread, which waits for the client's goodbye too; gives whether to go on.

        A second request that came close behind is not served: browsers send none, and part of one would be waited for.
        """
        keep = bool(super().handle(conn)) and not conn.parser.unreader.buf.getvalue()
        if not keep:
            close_graceful(conn.sock, timeout=_REST_SECONDS)
        return keep

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """Whether a connection can be used again: not where a body that nobody read is still coming."""
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + _REST_SECONDS))

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Keeps a connection for the next request, or counts it as closed."""
        if not fs.cancelled() and fs.exception() is None and fs.result():
            super().finish_request(conn, fs)
        else:
            self.nr_conns -= 1
            conn.close()
