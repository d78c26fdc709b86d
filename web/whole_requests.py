"""The worker of gunicorn that serves the door: a request takes a thread when all of it has come, and not before.

gunicorn's own thread worker reads head and body in a thread and waits there as long as a client likes: as many slow
clients as there are threads, and nobody else is answered. Here the connections wait in the main loop, where one costs a
file descriptor, and are closed when the whole has not come in :data:`READ_SECONDS`.

gunicorn's own line for a thread has no end. Here it has (web/overload.py says who is served first and who is not).
"""

from __future__ import annotations

import re
import socket
import struct
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.http.errors import (
    ExpectationFailed,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.util import close_graceful, write_nonblock
from gunicorn.workers.gthread import TConn, ThreadWorker

from web.logs import request_id
from web.overload import refusal, urgent

#: Seconds that a client has for a whole request.
READ_SECONDS = 5.0
#: Seconds that one reading from or writing to a client may take in a thread.
_STEP_SECONDS = 10
#: Seconds that a thread waits for what a client still sends when it has its answer.
_REST_SECONDS = 0.25
#: Requests that are taken at once, as a multiple of the threads: as many may wait as are served.
_LINES = 2
#: Threads that serve nothing but what is urgent, when all others are taken.
_KEPT_FREE = 8
#: Bytes of head and body that are waited for. What is longer goes to a thread, which refuses it without reading on.
LONGEST = 48 * 1024
#: web.chat.body_limit refuses a longer body, so none of it is waited for.
_BODY = 8192
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
#: The statuses (RFC 9110) of what cannot be read as a request; 400 for the rest.
_STATUS = {LimitRequestLine: 414, ExpectationFailed: 417, LimitRequestHeaders: 431, UnsupportedTransferCoding: 501}
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


def _send(client: socket.socket, response: Any) -> None:
    """Sends a response of Django's on a connection that ends with it, as far as the connection takes it at once."""
    response["Connection"], response["Content-Length"] = "close", len(response.content)
    head = f"HTTP/1.1 {response.status_code} {response.reason_phrase}\r\n".encode()
    with suppress(OSError):
        write_nonblock(client, head + response.serialize_headers() + b"\r\n\r\n" + response.content)


class WholeRequestWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's thread worker, with the waiting for clients in its main loop."""

    def init_process(self) -> None:
        """Makes the threads and serves."""
        self._kept_free = ThreadPoolExecutor(max_workers=_KEPT_FREE)
        #: Requests in a thread or waiting for one, those apart that are urgent.
        self._in_line = 0
        super().init_process()

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
        conn.first = self._in_line >= self.cfg.threads and urgent(data)
        if conn.first or self._in_line < self.cfg.threads * _LINES:
            super().on_pending_socket_readable(conn, client)
        else:
            self._refuse(conn, client)

    def _refuse(self, conn: TConn, client: socket.socket) -> None:
        """Answers that there is too much to do, here in the main loop, and ends the connection."""
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        with suppress(OSError):
            client.recv(LONGEST)  # what is left unread would take the answer with it
        _send(client, refusal())
        self.nr_conns -= 1
        conn.close()

    def enqueue_req(self, conn: TConn) -> None:
        """Hands a request to a thread: to one of those kept free for what is urgent, or in line for the others."""
        if conn.first:
            done = self._kept_free.submit(self.handle, conn)
        else:
            self._in_line += 1
            done = self.tpool.submit(self.handle, conn)
        done.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

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

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Serves a request; one whose body is not read to its end says that it is the last on its connection."""
        if getattr(req.body.reader, "length", LONGEST) > _BODY:
            req.force_close()
        return bool(super().handle_request(req, conn))

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Answers what is no request with a problem in words, as the door answers every other mistake.

        gunicorn's own answer quotes the request and names its own parts.
        """
        from web.chat.problems import server_error, unreadable  # Django is there in the worker only

        token = request_id.set(uuid.uuid4().hex)
        if isinstance(exc, ParseException):
            self.log.warning("Invalid request")
            response = unreadable(_STATUS.get(type(exc), 400))
        else:
            self.log.exception("Error handling request")
            response = server_error()
        request_id.reset(token)
        _send(client, response)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Keeps a connection for the next request, or counts it as closed."""
        self._in_line -= not conn.first
        if not fs.cancelled() and fs.exception() is None and fs.result():
            super().finish_request(conn, fs)
        else:
            self.nr_conns -= 1
            conn.close()
