"""HTTP to addresses that strangers chose: never into our own network, whatever a name resolves to."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

# IPv4 addresses in the clothes of IPv6: NAT64 (RFC 6052), and "compatible" ones, which nobody gives out any more (RFC
# 4291). Mapped, 6to4 and Teredo ones are known to the library.
_CLOTHES = (ip_network("64:ff9b::/96"), ip_network("::/96"))
# Not of the public Internet, though the library of Python 3.11 takes them for it: NAT64 within a network (RFC 8215),
# and what was site-local once (RFC 3879).
_INSIDE = (ip_network("64:ff9b:1::/48"), ip_network("fec0::/10"))


class Private(httpx.ConnectError):
    """The name leads to an address that is not of the public Internet."""


class Public(httpx.HTTPTransport):
    """Resolves each name once, looks at what it found, and connects to exactly that: a name that changes its mind in
    between gets nowhere. `loopback`: this machine is allowed too, for tests and demonstrations.
    """

    def __init__(self, *, loopback: bool = False) -> None:
        super().__init__()
        self._loopback = loopback

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=self._address(host, request.url.port))
        return super().handle_request(request)

    def _address(self, host: str, port: int | None) -> str:
        try:
            found = [str(told[4][0]) for told in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{host} cannot be resolved") from error
        if private := next((one for one in found if not is_public(one, loopback=self._loopback)), None):
            raise Private(f"{host} is {private}, which is not of the public Internet")
        return found[0]


def is_public(address: str, *, loopback: bool = False) -> bool:
    """Whether everybody can reach it: neither private, loopback, link-local, multicast nor reserved."""
    try:
        given = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(given in network for network in _INSIDE):
        return False
    every = [given, *_inner(given)]
    return all((one.is_global and not one.is_multicast) or (loopback and one.is_loopback) for one in every)


def _inner(address: IPv4Address | IPv6Address) -> Iterable[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if not address.is_loopback and any(address in network for network in _CLOTHES):
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in inner if one is not None]
