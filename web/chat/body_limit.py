"""Holds request bodies to a size before any of them is kept."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Bytes that a request's body may have.
BODY_LIMIT = 8192
#: Set in the WSGI environment when the body was larger; web.chat.middleware.Problems answers such a request.
TOO_LARGE = "web.chat.body_too_large"


class BodyLimit:
    """WSGI middleware: an application behind it never sees a body of more than :data:`BODY_LIMIT` bytes.

    A body with a length that says too much is not read at all; one in chunks, which names no length, is read no
    further than the limit. Django itself takes a chunked body for an empty one.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serves one request."""
        if environ.get("HTTP_TRANSFER_ENCODING"):
            body = environ["wsgi.input"].read(BODY_LIMIT + 1)
            _replace_body(environ, body)
        elif _length(environ) > BODY_LIMIT:
            environ[TOO_LARGE] = True
            _replace_body(environ, b"")
        return self._application(environ, start_response)


def _length(environ: WSGIEnvironment) -> int:
    """The length that the request names, 0 when it names none."""
    value = environ.get("CONTENT_LENGTH") or "0"
    return int(value) if value.isdecimal() else 0


def _replace_body(environ: WSGIEnvironment, body: bytes) -> None:
    """Puts a body that was already read (or one that is not wanted) in the place of the connection."""
    if len(body) > BODY_LIMIT:
        environ[TOO_LARGE] = True
        body = b""
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
