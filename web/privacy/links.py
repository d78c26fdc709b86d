"""Finds e-mail addresses as people write them, links that lead to one person, and user names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safety.replies import CLINIC
from web.privacy.names import is_ordinary
from web.privacy.spans import Span, compiled
from web.privacy.word_lists import WORDS

_AT = r"(?: ?@ ?| ?[\[(<{] ?(?:at|@) ?[\])>}] ?| at (?:the rate (?:of )?)?| AT | arroba )"
_DOT = r"(?: point | ?\. ?| ?[\[(<{] ?(?:dot|\.) ?[\])>}] ?| dot | punto )"
_MAIL = compiled(
    rf"(?<![\w.+-])((?:(?:[a-z0-9] ){{2,20}}[a-z0-9]|[a-z0-9][\w+-]{{0,40}}(?:(?:\.| dot | ?\(dot\) ?| ?\[dot\] ?"
    rf"| punto | underscore | hyphen | minus | dash | guion "
    rf"| guion bajo )[\w+-]{{1,30}}){{0,4}}(?: \d{{1,4}})?){_AT}[a-z0-9-]{{2,30}}"
    rf"(?:{_DOT}(?:com|net|org|edu|gov|io|me|co|us|uk|mx|info|biz|example|test|dev)|(?<=\w),(?:com|org|net"
    rf"|edu))+)(?![\w-])"
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
_SHOUTED = re.compile(r"(?<!\w)([a-z0-9.]{2,30}AT[a-z0-9]{2,20}DOT[a-z]{2,4})(?!\w)")
_USER_NAME = re.compile(r"(?<![\w@.])(@[A-Za-z0-9_][\w.]{1,29}\w)(?![\w@])")
#: "walt_briggs58" is hardly anything else.
_TELLING_NAME = re.compile(r"(?<![\w@.])([A-Za-z]{2,20}[._][A-Za-z]{1,20}\d{2,6})(?![\w@])")
_AFTER_USER = compiled(
    r"\b(?:user ?name|user|handle|insta(?:gram)?|ig|snap(?:chat)?|venmo|zelle|cash ?app|tiktok|discord|telegram"
    r"|gmail|portal id|log ?in)"
    r"(?: is|:)? ?((?=[\w.]{0,30}\d)[a-z][\w.]{3,30})(?!\w)"
)
_OWN_HOSTS = tuple(
    value.lower() for value in CLINIC.values() if re.fullmatch(r"(?:https?://)?[\w.-]+\.\w+\S*", value or "")
)


#: Without its ending, or with spaces in the place of marks.
_PART_OF_MAIL = compiled(
    r"(?<![\w.+-])([a-z0-9][\w.+-]{1,40}@[a-z0-9-]{2,30}|(?=[\w.]{0,30}\d)[\w.+-]{4,40} (?:gmail|yahoo|hotmail"
    r"|outlook|icloud|aol)"
    r" (?:dot )?com)(?![\w-])"
)


def mails(text: str) -> Iterator[Span]:
    """E-mail addresses that are written to be read by people: "jo at example dot org"."""
    for pattern in (_MAIL, _MAIL_NAME, _PART_OF_MAIL, _SHOUTED):
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
    """User names, of social networks and others."""
    for pattern in (_USER_NAME, _TELLING_NAME, _AFTER_USER):
        for found in pattern.finditer(text):
            yield found.span(1)
