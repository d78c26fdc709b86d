"""The network address that a request came from."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

FORWARDED_HEADERS = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


def client_address(request: HttpRequest) -> str:
    """The visitor's address, for rate limits; never stored.

    Behind the reverse proxies named in CHAT_TRUSTED_PROXIES it is the last address in X-Forwarded-For that is not one
    of theirs: the part before it is the client's own claim. Of an IPv6 address the network (/64) counts, since a
    household has all addresses of one.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    while hops and _trusted(address):
        address = hops.pop()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def from_this_machine(request: HttpRequest) -> bool:
    """Whether a request was made on this machine and not passed on by a reverse proxy on it."""
    try:
        loopback = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return loopback and not any(header in request.headers for header in FORWARDED_HEADERS)


def _trusted(address: str) -> bool:
    """Whether an address is that of one of our proxies."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in ipaddress.ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES)
