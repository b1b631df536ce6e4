"""A webhook goes to an address that somebody wrote down: it must not lead into our own network."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from aftercart.connectors import webhook
from aftercart.connectors.sending import SendError, SettingError
from aftercart.plumbing.public import is_public
from tests.connectors.provider_cases import SECRET
from tests.connectors.test_composing import message
from tests.gateway import gateway

PRIVATE = [
    "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:0:0:0:0:80ff:fffe",
    "fec0::1", "::7f00:1", "::a00:1", "64:ff9b:1::a00:1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_of_ours_is_public_in_whatever_clothes(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_others_are(address: str) -> None:
    assert is_public(address)


def test_loopback_alone_can_be_allowed() -> None:
    assert is_public("127.0.0.1", loopback=True) and is_public("::1", loopback=True)
    assert not any(is_public(address, loopback=True) for address in ("10.1.2.3", "169.254.169.254", "::ffff:10.0.0.1"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "127.1"])
def test_nothing_reaches_this_machine_by_any_of_its_names(host: str) -> None:
    with gateway() as there:
        url = f"http://{host}:{there.url.rpartition(':')[2]}/hook"
        with pytest.raises(SendError) as error:
            webhook.sender({"url": url, "secret": SECRET})(message())

    assert not there.asked and not error.value.permanent and error.value.of_line
    assert "not of the public Internet" in str(error.value) or "cannot be resolved" in str(error.value)


def test_a_name_is_looked_up_once_and_what_was_looked_at_is_what_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who answers with a public address first and with ours a moment later (DNS rebinding) gains nothing."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    def lookup(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        if host != "hooks.example":
            return real(host, port, *rest, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(answers)]

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with gateway() as there:
        port = there.url.rpartition(":")[2]
        settings = {"url": f"http://hooks.example:{port}/hook", "secret": SECRET, "doors": "loopback"}
        webhook.sender(settings)(message())
        with pytest.raises(SendError, match=r"10\.0\.0\.1"):
            webhook.sender(settings)(message())

    (asked,) = there.asked
    assert asked.headers["host"] == f"hooks.example:{port}"


@pytest.mark.parametrize("url", ["ftp://hooks.example", "hooks.example", "https://", "https://me:word@hooks.example"])
def test_what_is_no_address_is_said_at_once(url: str) -> None:
    with pytest.raises(SettingError, match=r"^url: "):
        webhook.sender({"url": url, "secret": SECRET})


def test_a_secret_that_signs_nothing_is_said_at_once() -> None:
    with pytest.raises(SettingError, match=r"^secret: "):
        webhook.sender({"url": "https://hooks.example", "secret": "not base64!"})
