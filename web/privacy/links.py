"""Finds e-mail addresses as people write them, links that lead to one person, and user names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safety.replies import CLINIC
from web.privacy.names import is_ordinary
from web.privacy.spans import Span, compiled
from web.privacy.word_lists import WORDS

_AT = r"(?: ?@ ?| ?[\[(<{] ?(?:at|@) ?[\])>}] ?| at | AT | arroba )"
_DOT = r"(?: ?\. ?| ?[\[(<{] ?(?:dot|\.) ?[\])>}] ?| dot | punto )"
_MAIL = compiled(
    rf"(?<![\w.+-])((?:(?:[a-z0-9] ){{2,20}}[a-z0-9]|[a-z0-9][\w+-]{{0,40}}(?:(?:\.| dot | ?\(dot\) ?| ?\[dot\] ?"
    rf"| punto | underscore | dash | guion | guion bajo )[\w+-]{{1,30}}){{0,4}}){_AT}[a-z0-9-]{{2,30}}"
    rf"(?:{_DOT}(?:com|net|org|edu|gov|io|me|co|us|uk|mx|info|biz|example|test|dev))+)(?![\w-])"
)
_MAIL_NAME = compiled(
    r"(?<![\w.+-])([\w.+-]{2,40} ?(?:@|\(at\)|\[at\]| at ) ?(?:gmail|yahoo|hotmail|outlook|icloud|aol|proton"
    r"(?:mail)?|comcast|msn|live|att|verizon))(?![\w-])"
)
_LINK = compiled(
    r"(?<![\w@.])((?:https?://|www\.)[^\s<>\"]{3,400}|(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,8}"
    r"/[^\s<>\"]{1,400})"
)
_SOCIAL = compiled(
    r"(?:^|[/.])(?:facebook|fb|instagram|linkedin|twitter|x|tiktok|snapchat|t|wa|threads|reddit|youtube|venmo"
    r"|paypal|cash|linktr|pinterest|tumblr|calendly|doodle)\.(?:com|me|ee|app|co)/\S"
)
_USER_NAME = re.compile(r"(?<![\w@.])(@[A-Za-z0-9_][\w.]{1,29}\w)(?![\w@])")
_OWN_HOSTS = tuple(
    value.lower() for value in CLINIC.values() if re.fullmatch(r"(?:https?://)?[\w.-]+\.\w+\S*", value or "")
)


def mails(text: str) -> Iterator[Span]:
    """E-mail addresses that are written to be read by people: "jo at example dot org"."""
    for pattern in (_MAIL, _MAIL_NAME):
        for found in pattern.finditer(text):
            yield found.span(1)


def links(text: str) -> Iterator[Span]:
    """Links that lead to one person: with a query, digits, a user or what is no plain word in them."""
    for found in _LINK.finditer(text):
        address = found.group(1).rstrip(".,!?;:)]}'\"")
        host, _, path = re.sub(r"^https?://", "", address, flags=re.IGNORECASE).partition("/")
        own = any(
            host.lower().removeprefix("www.") == re.sub(r"^https?://(?:www\.)?", "", known) for known in _OWN_HOSTS
        )
        marked = re.search(r"[?=@]", address) is not None
        if marked or (not own and (_SOCIAL.search(address) or _telling(path))):
            yield found.start(1), found.start(1) + len(address)


def _telling(path: str) -> bool:
    """Whether a path is more than plain words."""
    words = [word for word in re.split(r"[/_.#+%~-]", path) if word]
    return any(
        (any(map(str.isdigit, word)) and len(word) > 2) or not is_ordinary(word) for word in words if word not in _FILES
    )


_FILES = WORDS["path_words"]


def user_names(text: str) -> Iterator[Span]:
    """User names of social networks."""
    for found in _USER_NAME.finditer(text):
        yield found.span(1)
