"""A real IMAP server of this test run's own: Dovecot, on loopback, with its own folder, ended by its process id."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.mailserver import free_port

BINARY = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
needs_dovecot = pytest.mark.skipif(
    BINARY is None, reason="Dovecot is not here: `sh tests/flows/ensure_dovecot.sh`, or install dovecot-imapd"
)
PASSWORD = "moss-and-clay"

CONFIGURATION = """
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{place}/mail/%u
mailbox_idle_check_interval = 1 s
imap_capability = {capability}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
{password}
userdb {{
  driver = static
  args = uid={user} gid={group} home={place}/mail/%u
}}
"""
BY_PASSWORD = f"passdb {{\n  driver = static\n  args = password={PASSWORD}\n}}"
# Who shows a token is let in if the address says that it is good.
BY_TOKEN = (
    "auth_mechanisms = xoauth2\npassdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {place}/oauth2\n}}"
)


@dataclass
class Dovecot:
    place: Path
    port: int
    clients: list[IMAPClient] = field(default_factory=list)

    def settings(self, user: str = "help", **more: str) -> dict[str, str]:
        """As `aftercart mailbox add` is told them."""
        told = {"host": "127.0.0.1", "port": str(self.port), "security": "none", "user": user, "password": PASSWORD}
        return {name: value for name, value in (told | more).items() if value}

    def client(self, user: str = "help") -> IMAPClient:
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20)
        client.login(user, PASSWORD)
        client.select_folder("INBOX")
        self.clients.append(client)
        return client

    def deliver(self, *mails: bytes, user: str = "help") -> None:
        client = self.client(user)
        for mail in mails:
            client.append("INBOX", mail)

    @property
    def log(self) -> str:
        return (self.place / "log").read_text(errors="replace")


@contextmanager
def dovecot(*, tokens_at: str = "", capability: str = "") -> Iterator[Dovecot]:
    """`tokens_at`: where it asks about access tokens, in place of passwords. `capability`: in place of its own."""
    assert BINARY is not None
    place = Path(tempfile.mkdtemp(prefix="aftercart-dovecot-"))
    user, group = _account()
    for folder in ("run", "state", "mail"):
        (place / folder).mkdir()
    if os.getuid() == 0:
        for path in (place, *place.iterdir()):
            shutil.chown(path, user, group)
    port = free_port()
    (place / "oauth2").write_text(
        f"introspection_mode = post\nintrospection_url = {tokens_at}\nusername_attribute = username\n"
        "active_attribute = active\nactive_value = true\n"
    )
    told = {"place": place, "user": user, "group": group, "port": port, "capability": capability}
    password = BY_TOKEN.format(place=place) if tokens_at else BY_PASSWORD
    (place / "dovecot.conf").write_text(CONFIGURATION.format(password=password, **told))
    process = subprocess.Popen([BINARY, "-F", "-c", str(place / "dovecot.conf")])
    server = Dovecot(place, port)
    try:
        _wait(server, process)
        yield server
    finally:
        for client in server.clients:
            client.shutdown()
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        shutil.rmtree(place, ignore_errors=True)


def _account() -> tuple[str, str]:
    """Its mail cannot be root's."""
    if os.getuid() == 0:
        return "nobody", grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
    return getpass.getuser(), grp.getgrgid(os.getgid()).gr_name


def _wait(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            IMAPClient("127.0.0.1", server.port, ssl=False, timeout=5).shutdown()
            return
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, "Dovecot did not start"
            time.sleep(0.05)
