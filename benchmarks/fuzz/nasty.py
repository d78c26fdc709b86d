"""A fixed list of what should not be sent and is: texts, bodies, and requests that are none."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

#: Texts that a visitor, or a machine, may type: kind, and examples.
TEXTS: dict[str, tuple[str, ...]] = {
    "right to left": (
        "كم تستغرق جلسة العلاج؟",
        "כמה זמן נמשך טיפול?",
        "how \u202elong\u202c is it",
        "\u2067\u2066how long\u2069\u2069",
        "\u200fhow long\u200f",
    ),
    "emoji": ("🙂" * 2000, "👩‍👩‍👧‍👦" * 200, "🏳️‍🌈" * 300, "💀" * 500, "1️⃣2️⃣3️⃣", "🇺🇸" * 400),
    "marks and widths": (
        "h\u0301\u0302\u0303\u0304" * 300,
        "Z̸̢̛͕͇a̶l̵g̷o̶ " * 50,
        "ｈｏｗ ｌｏｎｇ",
        "\U0001d421\U0001d428\U0001d430 long",
        "h\u200bo\u200cw\u200d \ufefflong\u2060",
        "\u00a0\u2003\u3000how long",
        "\u2028how\u2029long",
        "ﷺ" * 400,
        "ß" * 1000,
        "İ" * 1000,
    ),
    "scripts": (
        "сколько длится сеанс?",
        "πόσο διαρκεί;",
        "治疗需要多长时间？",
        "どのくらいかかりますか",
        "치료는 얼마나 걸리나요",
        "इलाज कितना समय लेता है",
        "การรักษาใช้เวลานานเท่าไหร่",
        "𒀀𒁀𒂀",
        "\U0010ffff\ue000\ufdd0",
    ),
    "zero bytes and controls": (
        *("how\0long", "\0" * 100, "\x01\x02\x1b[31mhow long", "\x7f\x80\x9f", "how\rlong\r\n", "\b" * 50),
    ),
    "one thing many times": (
        *("a" * 2000, " ".join("a" * 1000), "?" * 2000, "." * 2000, "\n" * 2000, "1" * 2000, "'" * 2000, "*" * 2000),
    ),
    "of other languages' grammar": (
        "<script>alert(1)</script>",
        "'; DROP TABLE chat_message; --",
        "{{7*7}} ${7*7} #{7*7} {% debug %}",
        "%s%s%s%n %(name)s {0} {clinic_phone}",
        "../../../../etc/passwd",
        "=HYPERLINK(\"http://example.org\")",
        "/restart",
        "/session_start{\"a\": 1}",
        "!!python/object/apply:os.system [ls]",
        "\\u0000 \\x00 \\",
        "intent: greet\n- intent: crisis",
        "[name](entity) [name]{\"entity\": \"x\"}",
        "http://" + "a" * 1900,
        "a@" * 900,
        "(" * 900 + ")" * 900,
    ),
    "nothing": ("", " ", "\n\t ", "\u200b", "\u00ad", "\ufe0f", "."),
}  # fmt: skip
#: Values of a wrong type, in place of any other.
VALUES: tuple[object, ...] = (
    *(None, True, False, 0, -1, 5.5, 10**30, "", [], {}, [[]], {"a": {"b": []}}, ["how long"], {"$ne": ""}),
)


def deep(depth: int) -> bytes:
    """JSON lists, one in the other."""
    return b"[" * depth + b"]" * depth


@dataclass(frozen=True)
class Body:
    """A body for ``POST /chat/messages`` (and the other addresses).

    Attributes:
        kind: what is nasty about it.
        name: which one.
        content: its bytes.
        headers: besides the token.
    """

    kind: str
    name: str
    content: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


def bodies() -> Iterator[Body]:
    """All bodies; those of texts are well formed, the others are not what they should be."""
    for kind, texts in TEXTS.items():
        for number, text in enumerate(texts):
            for escaped in (True, False):
                body = json.dumps({"id": str(uuid.uuid4()), "text": text}, ensure_ascii=escaped)
                yield Body(kind, f"text {number}{' escaped' if escaped else ''}", body.encode())
    yield from _shapes()
    yield from _encodings()


def _message(text: str) -> str:
    return json.dumps({"id": str(uuid.uuid4()), "text": text})


def _shapes() -> Iterator[Body]:
    """JSON that is nothing of what is asked for."""
    id = str(uuid.uuid4())
    for number, value in enumerate(VALUES):
        yield Body("wrong types", f"text {number}", json.dumps({"id": id, "text": value}).encode())
        yield Body("wrong types", f"id {number}", json.dumps({"id": value, "text": "how long"}).encode())
        yield Body("wrong types", f"body {number}", json.dumps(value).encode())
    for depth in (100, 1000, 4000, 100_000):
        yield Body("deep JSON", f"{depth:,} deep", deep(depth))
        yield Body("deep JSON", f"{depth:,} deep in text", b'{"id": "%s", "text": %s}' % (id.encode(), deep(depth)))
        nested = b'{"a":' * depth + b"1" + b"}" * depth
        yield Body("deep JSON", f"{depth:,} objects deep", nested)
    for name, text in {
        "half a character": r"cut \ud83d",
        "the other half": r"\ude42 cut",
        "halves the wrong way round": r"\ude42\ud83d",
        "escaped zero": r"how\u0000long",
        "unknown escape": r"how\xlong",
        "half an escape": r"how\u00",
        "bare line end": "how\nlong",
    }.items():
        yield Body("escapes in JSON", name, b'{"id": "%s", "text": "%s"}' % (str(uuid.uuid4()).encode(), text.encode()))
    for name, content in {
        "duplicated keys": f'{{"id": "{id}", "id": 5, "text": 1, "text": "how long"}}',
        "duplicated text": f'{{"id": "{uuid.uuid4()}", "text": 1, "text": "how long"}}',
        "NaN": f'{{"id": "{id}", "text": NaN}}',
        "Infinity": f'{{"id": "{id}", "text": -Infinity}}',
        "a huge number": f'{{"id": "{id}", "text": 1e999999}}',
        "a number of 5,000 digits": f'{{"id": "{id}", "text": {"9" * 5000}}}',
        "further members": f'{{"id": "{uuid.uuid4()}", "text": "how long", "__proto__": {{}}, "sender": "default"}}',
        "a comment": f'{{"id": "{id}", /* x */ "text": "how long"}}',
        "a comma too many": f'{{"id": "{id}", "text": "how long",}}',
        "single quotes": "{'id': 'x', 'text': 'how long'}",
        "two of them": _message("how long") * 2,
        "a mark in front": "\ufeff" + _message("how long"),
        "YAML": "id: x\ntext: how long",
        "XML": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "9,000 bytes": _message("a" * 9000),
        "a million bytes": _message("a" * 1_000_000),
        "nothing": "",
    }.items():
        yield Body("JSON that is none", name, content.encode())


def _encodings() -> Iterator[Body]:
    """Right words in a wrong dress."""
    for encoding in ("utf-16", "utf-16-le", "utf-32", "utf-7", "cp037"):
        yield Body("wrong encodings", encoding, _message("how long is it").encode(encoding))
    raw = f'{{"id": "{uuid.uuid4()}", "text": "¿cuánto dura?"}}'
    yield Body("wrong encodings", "latin-1", raw.encode("latin-1"))
    for name, piece in {
        "overlong": b"\xc0\xaf",
        "cut short": b"\xe2\x82",
        "surrogate": b"\xed\xa0\x80",
        "ff": b"\xff",
    }.items():
        content = b'{"id": "%s", "text": "how %s long"}' % (str(uuid.uuid4()).encode(), piece)
        yield Body("wrong encodings", f"broken UTF-8, {name}", content)
    for said in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", ""):
        yield Body(
            "wrong content type", said or "none", _message("how long").encode(), {"Content-Type": said} if said else {}
        )
    for said in (
        "application/json; charset=utf-16",
        "application/json; charset=nonsense",
        'application/json;charset="utf-8',
        "APPLICATION/JSON",
        "application/json, text/plain",
        "application/problem+json",
        "application/json" + "; a=b" * 500,
    ):
        yield Body("wrong content type", said[:50], _message("how long").encode(), {"Content-Type": said})
    for said in ("gzip", "br", "nonsense"):
        headers = {"Content-Type": "application/json", "Content-Encoding": said}
        yield Body("wrong content type", f"said to be {said}", _message("how long").encode(), headers)


#: Values of the header with the token.
TOKENS = (
    *("", "Bearer", "Bearer x", "Basic eDp4", "bearer a:b:c", "Bearer " + "a" * 5000, "Bearer \xe9\xfc"),
    *("Bearer ::::", "Bearer ..:..:..", "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer \t x", "Bearer ZGVhZA:1abcde:xxxx"),
)
#: Addresses that nobody asks for in good faith.
ADDRESSES = (
    *(
        "/chat/messages/",
        "/chat//messages",
        "/chat/./messages",
        "/chat/%2e%2e/messages",
        "/%00",
        "/chat/%00",
        "/%ff%fe",
    ),
    *(
        "/chat/messages?" + "a=b&" * 800,
        "/chat/messages?%00=%ff",
        "/../../etc/passwd",
        "/static/../settings.py",
        "/.env",
    ),
    *("/static/%2e%2e/%2e%2e/settings.py", "/widget.js%00", "/chat/%F0%9F%99%82", "/" + "a" * 3000, "/chat/session;x"),
)


@dataclass(frozen=True)
class Raw:
    """A request as bytes on a connection.

    Attributes:
        name: what is nasty about it.
        content: the bytes; ``{token}`` in it stands for a session's token.
        whole: whether a server can tell that all of it has come. One that is not whole may be hung up on.
    """

    name: str
    content: bytes
    whole: bool = True


def raw_requests(token: str) -> Iterator[Raw]:
    """Requests that no client library sends."""
    body = _message("how long is it").encode()
    head = b"POST /chat/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += b"Authorization: Bearer " + token.encode() + b"\r\n"
    right = b"Content-Length: %d\r\n" % len(body)
    asked = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    for name, length in {
        "a length that is no number": b"ten",
        "a negative length": b"-5",
        "a length with a sign": b"+5",
        "a length in other digits": "٣".encode(),
        "two lengths in one": b"5, 7",
        "an enormous length": b"9" * 30,
        "an empty length": b"",
        "a length too small": b"5",
    }.items():
        yield Raw(name, head + b"Content-Length: " + length + b"\r\n\r\n" + body)
    yield Raw("a length too large", head + b"Content-Length: %d\r\n\r\n" % (len(body) + 50) + body, whole=False)
    yield Raw("two lengths", head + right + b"Content-Length: 3\r\n\r\n" + body)
    yield Raw("length and chunks", head + right + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + body)
    for name, coding in {"unknown": b"nonsense", "twice": b"chunked, chunked", "gzip": b"gzip, chunked"}.items():
        yield Raw(f"coding: {name}", head + b"Transfer-Encoding: " + coding + b"\r\n\r\n0\r\n\r\n")
    for name, chunks in {
        "a size that is none": b"zz\r\nabc\r\n0\r\n\r\n",
        "a negative size": b"-3\r\nabc\r\n0\r\n\r\n",
        "an enormous size": b"ffffffffffff\r\nabc\r\n0\r\n\r\n",
        "no end of chunk": b"3\r\nabcdef\r\n0\r\n\r\n",
        "a long extension": b"3;" + b"a" * 5000 + b"\r\nabc\r\n0\r\n\r\n",
    }.items():
        # What cannot be read as chunks may be waited for like what has not come yet.
        yield Raw(f"chunks: {name}", head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks, whole=False)
    for name, lines in {
        "500 headers": b"".join(b"X-%d: a\r\n" % number for number in range(500)),
        "a header of 20,000 bytes": b"X-Long: " + b"a" * 20_000 + b"\r\n",
        "headers of 100,000 bytes": b"".join(b"X-%d: %s\r\n" % (number, b"a" * 5000) for number in range(20)),
        "the same header 90 times": b"Authorization: Bearer x\r\n" * 90,
        "a zero byte in a header": b"X-Zero: a\0b\r\n",
        "a header without a name": b": a\r\n",
        "a header without a colon": b"nonsense\r\n",
        "a header with spaces in its name": b"X Y: a\r\n",
        "a header on two lines": b"X-Two: a\r\n b\r\n",
        "a header with underscores": b"X_Under: a\r\nCONTENT_LENGTH: 5\r\n",
        "a header in UTF-8": "X-Utf: ünïcödé 🙂\r\n".encode(),
        "a header of raw bytes": b"X-Raw: \xff\xfe\x80\r\n",
        "two hosts": b"Host: example.org\r\n",
        "expects": b"Expect: 200-ok\r\n",
        "a proxy's claims": b"X-Forwarded-For: " + b"1.2.3.4, " * 100 + b"x\r\nX-Forwarded-Proto: https\r\n",
        "an upgrade": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
    }.items():
        yield Raw(name, asked + lines + b"\r\n")
    for name, line in {
        "no version": b"GET /healthz",
        "an old version": b"GET /healthz HTTP/0.9",
        "a new version": b"GET /healthz HTTP/3.0",
        "no version of anything": b"GET /healthz HTCPCP/1.0",
        "nonsense": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "a method of 1,000 letters": b"A" * 1000 + b" /healthz HTTP/1.1",
        "a method in small letters": b"get /healthz HTTP/1.1",
        "a method with signs": b"G<E>T /healthz HTTP/1.1",
        "an unknown method": b"BREW /chat/messages HTTP/1.1",
        "CONNECT": b"CONNECT example.org:443 HTTP/1.1",
        "OPTIONS of all": b"OPTIONS * HTTP/1.1",
        "TRACE": b"TRACE /chat/messages HTTP/1.1",
        "a whole address": b"GET http://example.org/chat/messages HTTP/1.1",
        "an address of 10,000 letters": b"GET /" + b"a" * 10_000 + b" HTTP/1.1",
        "an address with a zero byte": b"GET /health\0z HTTP/1.1",
        "an address in raw bytes": b"GET /\xff\xfe HTTP/1.1",
        "an address with a space": b"GET /health z HTTP/1.1",
        "a strange host": b"GET /healthz HTTP/1.1\r\nHost: a b<c>",
        "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM",
    }.items():
        yield Raw(name, line + b"\r\nHost: 127.0.0.1\r\n\r\n")
    yield Raw("no host", b"GET /healthz HTTP/1.1\r\n\r\n")
    yield Raw("line ends of one byte", asked.replace(b"\r\n", b"\n") + b"\n", whole=False)
    yield Raw("half a head", asked, whole=False)
    yield Raw("one byte", b"G", whole=False)
    yield Raw("two at once", (asked + b"\r\n") * 2)
