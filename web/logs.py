"""Structured logs: one JSON object a line on standard error, with the request's id and never a visitor's words."""

from __future__ import annotations

import logging
import traceback
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

#: Id of the request that is being served, empty outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class WordlessFormatter(JsonFormatter):
    """Writes an exception as its type and stack alone: its message may hold what a visitor typed."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Adds the id of the request to a line."""
        super().add_fields(log_data, record, message_dict)
        log_data["request_id"] = request_id.get()

    def formatException(  # noqa: N802 (the name is the base class's)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Type and stack of an exception and of those that led to it, the last one first."""
        error: BaseException | None = ei[1]
        parts: list[str] = []
        while error is not None:
            parts += [type(error).__qualname__, *traceback.format_tb(error.__traceback__)]
            error = error.__cause__ or error.__context__
        return "\n".join(parts)


class UnquotedRequest(logging.Filter):
    """Takes what a request said out of the complaints about it: a path, a host name or a broken line may be anything.

    The request's own line in the log has its method, route and status.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Shortens the complaints of gunicorn and Django; keeps every record."""
        if record.name == "gunicorn.error":
            for start in ("Invalid request", "Error handling request"):
                if str(record.msg).startswith(start):
                    record.msg, record.args = start, ()
        elif record.name.startswith(("django.request", "django.security")):
            record.msg, record.args = "request refused" if record.levelno < logging.ERROR else "request failed", ()
            record.__dict__.pop("request", None)
        return True


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"unquoted_request": {"()": UnquotedRequest}},
    "formatters": {
        "json": {
            "()": WordlessFormatter,
            "fmt": "%(levelname)s %(name)s %(message)s",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": "time",
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["unquoted_request"]},
        "none": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},  # what a client did wrong is in the request's own line
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        "gunicorn.access": {"handlers": [], "level": "WARNING", "propagate": False},
        "axes": {"level": "ERROR"},  # it would write the paths of invitations
        "apprise": {"handlers": ["none"], "propagate": False},  # its complaints may hold a channel's password
        "httpx": {"level": "WARNING"},
        "presidio-analyzer": {"level": "ERROR"},
    },
}
