"""The forms of the staff, and hostile ways of filling them in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote_plus

#: Values that make no sense where they are typed; raw bytes are sent as they are.
VALUES: tuple[str | bytes, ...] = (
    *("", " ", "0", "-1", "1", "1.5", "1e309", "NaN", "True", "null", "[]", "{}", "on"),
    *("9" * 19, "9" * 30, "9" * 4301, "-" + "9" * 4400, "٣", "²", "Ⅷ", "٣" * 30),
    *("0001-01-01", "9999-12-31", "2026-02-30", "10000-01-01", "0000-00-00", "9999-W52", "0001-W01", "2026-W99"),
    *("0001-01-01T00:00", "9999-12-31T23:59", "9999-12-31T23:59:59", "2026-03-08T02:30", "2026-11-01T01:30", "T"),
    *("00000000-0000-0000-0000-000000000000", "{00000000000000000000000000000000}", "urn:uuid:x"),
    *("\0", "a\0b", "\x1b[31m", "\r\nSet-Cookie: a=b", "\u202eabc", "مرحبا", "שלום", "🙂" * 500, "é" * 1200),
    *("\u200b", "\u2028", "\ufeff", "\U0010ffff", "Z̸̢̛͕͇a̶l̵" * 50, "a" * 160, "a" * 2100, "a" * 7000, "a b " * 600),
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'; DROP TABLE auth_user; --", "{{ 7*7 }}"),
    "{% x %}",
    *("%s%n%(a)s", "../../etc/passwd", "//example.org", "javascript:alert(1)", "=1+1", "a=b&c=d", "rank=1&q=\0"),
    "&" * 2000,
    *("csv", "jsonl", "all", "reviewed", "crisis", "NEAR(a b)", '"', 'a" OR "b', "*", "a*b", "AND", "-", "^"),
    "danger:crisis",
    *(b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"\xe2\x82", "¿qué?".encode("latin-1"), "ja".encode("utf-16")),
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """A form.

    Attributes:
        address: where it goes; in braces what stands for something in the log.
        fields: what a sensible submission holds, with braces likewise.
        method: POST, or GET for a form of filters.
        role: the least one that may send it; empty for somebody who is not signed in.
    """

    address: str
    fields: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    role: str = "reviewer"


_C = "/staff/conversations/{conversation}"
_FILTERS = {
    **{"q": "long", "show": "all", "rank": "", "kind": "", "topic": "", "since": "", "until": "", "confidence": ""},
    **{"feedback": "", "language": "", "assigned": "", "tag": "", "after": "", "before": ""},
}
_CALL_BACK = "/staff/callbacks/{call_back}/"
FORMS: tuple[Form, ...] = (
    Form("/staff/sign-in", {"username": "a-reader", "password": "not the right one", "next": "/staff/"}, role=""),
    Form("/staff/invitation/{invitation}", {"password": "short", "again": "short"}, role=""),
    Form("/staff/second-factor", {"code": "123456"}, role="reader"),
    Form("/staff/stubs/{stub}", {"queue": ""}),
    Form(f"{_C}/review", {"version": "{version}", "undo": "1", "queue": "show=all"}),
    Form(f"{_C}/review", {"version": "{version}", "stay": "1", "queue": "rank=2"}),
    Form(f"{_C}/assign", {"version": "{version}", "to": "{account}", "queue": ""}),
    Form(f"{_C}/notes", {"text": "A note.", "queue": ""}),
    Form(f"{_C}/tags", {"name": "a tag", "queue": ""}),
    Form(f"{_C}/tags", {"remove": "a tag"}),
    Form(f"{_C}/follow-ups", {"outcome": "reached", "happened_at": "2026-01-01T10:00", "text": "Called."}),
    Form(f"{_C}/corrections", {"message": "{message}", "part": "0", "should_be": "cost", "seen": ""}),
    Form(f"{_C}/delete", {"reason": ""}, role="manager"),
    Form("/staff/teaching/{correction}", {"accept": "1"}),
    Form("/staff/people", {"username": "new", "role": "reader"}, role="manager"),
    *(
        Form(_CALL_BACK, {"step": step, "version": "{call_back_version}"})
        for step in ("claim", "release", "finish", "reopen")
    ),
    Form(
        _CALL_BACK,
        {"step": "try", "version": "{call_back_version}", "result": "no_answer", "again_at": "2030-01-01T10:00"},
    ),
    Form("/staff/alerts/", {}, role="manager"),
    Form(
        "/staff/admin/auth/user/{account}/change/",
        {"username": "someone", "first_name": "", "last_name": "", "email": "", "role": "reviewer", "is_active": "on"},
        role="manager",
    ),
    Form("/staff/admin/auth/user/", {"action": "delete_selected", "_selected_action": "{account}"}, role="manager"),
    Form("/staff/sign-out", {}, role="reader"),
    Form("/staff/", _FILTERS, "GET", "reader"),
    Form("/staff/export", {**_FILTERS, "format": ""}, "GET", "manager"),
    Form("/staff/conversations", {"id": "{conversation}"}, "GET", "manager"),
    Form(_C, {"before": "{message}", "correct": "{message}.0", "queue": "show=all"}, "GET", "reader"),
    Form("/staff/insight", {"since": "2026-01-01", "until": "2026-01-31"}, "GET", "reader"),
    Form("/staff/insight/week", {"week": "2026-W03"}, "GET", "reader"),
    Form("/staff/audit", {"action": "read", "conversation": "{conversation}", "before": ""}, "GET", "manager"),
    Form("/staff/callbacks/", {"done": "1", "page": "1"}, "GET", "reader"),
    Form("/staff/sign-in", {"next": "/staff/"}, "GET", ""),
    Form("/staff/admin/auth/user/", {"q": "x", "o": "1", "p": "0", "e": "1"}, "GET", "manager"),
)

Fields = list[tuple[str, str | bytes]]
_URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Submission:
    """A filled-in form.

    Attributes:
        what: what is hostile about it.
        content: the body, or the query of a GET.
        content_type: of the body.
    """

    what: str
    content: bytes
    content_type: str = _URLENCODED


def urlencoded(fields: Fields) -> bytes:
    """Fields as a browser sends them."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields).encode()


def multipart(fields: Fields, *, files: bool = False) -> bytes:
    """Fields as a browser sends them with files, each as a file if ``files``; the boundary is x."""
    body = b""
    for name, value in fields:
        file = '; filename="a.txt"\r\nContent-Type: text/plain' if files else ""
        body += f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        body += (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    return body + b"--x--\r\n"


def values_of(form: Form, fields: dict[str, str]) -> Iterator[Submission]:
    """Each field in turn with each hostile value, repeated, and left out; the others as they should be."""
    for name, right in fields.items():
        others: Fields = [(other, value) for other, value in fields.items() if other != name]
        yield Submission(f"without {name}", urlencoded(others))
        yield Submission(f"{name} twice", urlencoded([(name, right), (name, "1"), *others]))
        for value in VALUES:
            yield Submission(f"{name}={value[:40]!r}", urlencoded([*others, (name, value)]))


def shapes_of(form: Form, fields: dict[str, str]) -> Iterator[Submission]:
    """The form as a whole as no browser sends it."""
    right: Fields = list(fields.items())
    plain = urlencoded(right)
    yield Submission("nothing", b"")
    yield Submission("no fields", b"&=&&==")
    yield Submission("other fields", urlencoded([("a", "b"), ("is_superuser", "on"), ("pk", "1")]))
    yield Submission("2,000 fields", b"&".join(b"%d=" % number for number in range(1500)))
    yield Submission("bytes", bytes(range(256)))
    yield Submission("too large", urlencoded([*right, ("text", "a" * 9000)]))
    if form.method == "GET":
        return
    yield Submission("as JSON", json.dumps(fields).encode(), "application/json")
    yield Submission("as text", plain, "text/plain")
    yield Submission("of no type", plain, "")
    for charset in ("utf-16", "latin-1", "nonsense", "idna", "utf-8; charset=utf-16"):
        yield Submission(f"said to be {charset}", plain, f"{_URLENCODED}; charset={charset}")
    whole = multipart(right)
    yield Submission("with files", whole, "multipart/form-data; boundary=x")
    yield Submission("as files", multipart(right, files=True), "multipart/form-data; boundary=x")
    yield Submission("another boundary", whole, "multipart/form-data; boundary=y")
    yield Submission("no boundary", whole, "multipart/form-data")
    yield Submission("a strange boundary", whole, "multipart/form-data; boundary=" + "x;=" * 100)
    yield Submission("an end too soon", whole[: len(whole) // 2], "multipart/form-data; boundary=x")
    coded = whole.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
    yield Submission("said to be base64", coded, "multipart/form-data; boundary=x")
    yield Submission("latin-1 parts", whole, "multipart/form-data; boundary=x; charset=utf-16")


def some(form: Form, fields: dict[str, str], chance: Random, most: int) -> list[Submission]:
    """So many of the hostile submissions of a form at most, some of each sort."""
    values, shapes = list(values_of(form, fields)), list(shapes_of(form, fields))
    return chance.sample(shapes, min(len(shapes), most // 3)) + chance.sample(values, min(len(values), most))
