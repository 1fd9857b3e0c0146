"""Which hosts Kesher goes to by itself, and a connection to exactly the address that was judged.

A name is looked up once. Every address it has must be public, and the connection is made to one of
them by number: what the name means a moment later makes no difference. Whoever runs the machine can
allow hosts inside by name: KESHER_SOURCE_HOSTS="files.office.local 10.0.0.7:8443".
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings

from kesher.core.feeds.refusals import HostRefused, HostSilent, HostUnknown, NotTrusted, PortRefused
from kesher.core.importing.refusals import shown

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
MOST_TRIED = 3
HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}")
# Nothing outside of 2000::/3 is public, so mapped (::ffff:0:0/96) and translated (64:ff9b::/96)
# addresses, link-local and unique ones are refused with it.
PUBLIC_6 = IPv6Network("2000::/3")
CLOSED_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
CLOSED_4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Host:
    """A host that may be visited: its name, the port, and the addresses that were judged."""

    name: str
    port: int
    addresses: tuple[str, ...]
    is_inside: bool = False  # allowed by the administrator


def host_of(name: str, port: int, usual: Container[int]) -> Host:
    """The host, if Kesher goes there; refuses what is private, unknown, or on an odd port."""
    bare = _plain_name(name)
    is_allowed = not {bare, f"{bare}:{port}"}.isdisjoint(_allowed())
    if not is_allowed and port not in usual:
        raise PortRefused(port=port)
    addresses = _addresses(bare, port)
    if not is_allowed and not all(map(is_public, addresses)):
        raise HostRefused(host=shown(bare))
    return Host(bare, port, addresses, is_allowed)


def is_public(address: str) -> bool:
    """Whether anybody on the internet may own this address."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    if isinstance(known, IPv6Address):
        return known in PUBLIC_6 and not any(known in block for block in CLOSED_6)
    return not any(known in block for block in CLOSED_4)


def _allowed() -> frozenset[str]:
    return frozenset(one.lower() for one in settings.KESHER_SOURCE_HOSTS)


def _plain_name(name: str) -> str:
    """The name in the letters of the network, whatever letters it was typed in."""
    bare = name.strip("[]")
    try:
        bare = bare if ":" in bare else bare.encode("idna").decode("ascii")
    except UnicodeError:
        raise HostUnknown(host=shown(name)) from None
    if not HOST.fullmatch(bare):
        raise HostUnknown(host=shown(name))
    return bare.lower().rstrip(".")


def _addresses(name: str, port: int) -> tuple[str, ...]:
    try:
        answers = getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        answers = []
    found = tuple(dict.fromkeys(str(address[0]) for *_rest, address in answers))
    if not found:  # who cannot be judged is not visited
        raise HostUnknown(host=shown(name))
    return found


getaddrinfo = socket.getaddrinfo  # told apart, for a resolver that lies


def connect(host: Host) -> socket.socket:
    """A connection to one of the addresses that were judged."""
    for address in host.addresses[:MOST_TRIED]:
        with suppress(OSError):
            sock = socket.create_connection((address, host.port), CONNECT_SECONDS)
            sock.settimeout(ANSWER_SECONDS)
            return sock
    raise HostSilent(host=host.name)


def secured(raw: socket.socket, host: Host) -> ssl.SSLSocket:
    """The connection under TLS, in which the host has proved its name."""
    try:
        return trust().wrap_socket(raw, server_hostname=host.name)
    except ssl.SSLCertVerificationError:
        raw.close()
        raise NotTrusted(host=host.name) from None
    except OSError:
        raw.close()
        raise HostSilent(host=host.name) from None


def trust() -> ssl.SSLContext:
    """Whose word for a host is taken: what the machine trusts, and an authority of the house."""
    context = ssl.create_default_context()
    if settings.KESHER_SOURCE_AUTHORITIES:
        context.load_verify_locations(settings.KESHER_SOURCE_AUTHORITIES)
    return context
