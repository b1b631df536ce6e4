"""A mailbox at somebody's server: what it takes to open it, checked before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aftercart.connectors.sending import SettingError, needed

TLS, STARTTLS, PLAIN = "tls", "starttls", "none"
_PORTS = {TLS: 993, STARTTLS: 143, PLAIN: 143}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})

SECRETS = frozenset({"password", "client_secret", "refresh_token"})
NAMES = (
    "host", "port", "security", "user", "folder", "password", "provider", "client_id", "client_secret", "refresh_token",
    "token_url", "scope",
)  # fmt: skip
# What is known of the two where most mailboxes are. Neither takes a password any more, or only one for each program.
PROVIDERS: Mapping[str, Mapping[str, str]] = {
    "microsoft": {
        "host": "outlook.office365.com",
        "token_url": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "scope": "https://outlook.office365.com/IMAP.AccessAsUser.All offline_access",
    },
    "gmail": {
        "host": "imap.gmail.com",
        "token_url": "https://oauth2.googleapis.com/token",
        "scope": "https://mail.google.com/",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """How an access token is got. Without a `refresh_token` the program itself is let in (client credentials)."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One of `password` and `oauth` is there. Secrets never show."""

    host: str
    port: int
    security: str
    user: str
    folder: str = "INBOX"
    password: str = field(default="", repr=False)
    oauth: OAuth | None = None


def account(settings: Mapping[str, str]) -> Account:
    """Raises SettingError, which names the setting and the reason."""
    if unknown := settings.keys() - set(NAMES):
        raise SettingError(min(unknown), f"is none of {', '.join(NAMES)}")
    provider = settings.get("provider", "")
    if provider and provider not in PROVIDERS:
        raise SettingError("provider", f"{provider!r} is none of {', '.join(PROVIDERS)}")
    told = {**PROVIDERS.get(provider, {}), **{name: value for name, value in settings.items() if value}}
    security = told.get("security", TLS)
    if security not in _PORTS:
        raise SettingError("security", f"{security!r} is none of {', '.join(_PORTS)}")
    host = needed(told, "host")
    if security == PLAIN and host not in _HERE:
        raise SettingError("security", f"the way to {host} is open to listeners: use tls or starttls")
    password, oauth = told.get("password", ""), _oauth(told)
    if bool(password) == bool(oauth):
        raise SettingError("password", "give either a password, or client_id and what belongs to it")
    return Account(
        host=host,
        port=_port(told.get("port", ""), security),
        security=security,
        user=needed(told, "user"),
        folder=told.get("folder", "INBOX"),
        password=password,
        oauth=oauth,
    )


def _port(written: str, security: str) -> int:
    if not written:
        return _PORTS[security]
    if not (written.isascii() and written.isdecimal() and 0 < int(written) < 65_536):
        raise SettingError("port", f"{written!r} is no port")
    return int(written)


def _oauth(told: Mapping[str, str]) -> OAuth | None:
    if not told.get("client_id"):
        return None
    found = OAuth(
        token_url=needed(told, "token_url"),
        client_id=told["client_id"],
        client_secret=told.get("client_secret", ""),
        refresh_token=told.get("refresh_token", ""),
        scope=told.get("scope", ""),
    )
    if not found.refresh_token and not found.client_secret:
        raise SettingError("refresh_token", "is missing; or give client_secret, where the program itself is let in")
    if not found.token_url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise SettingError("token_url", "is no address that begins with https://")
    return found
