"""From a refresh token to an access token (RFC 6749, section 6), as Microsoft 365 and Gmail want it for IMAP."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from aftercart.connectors.asking import JSON, oauth_fault, read_token
from aftercart.connectors.contract import PayloadError
from aftercart.connectors.mail.accounts import OAuth
from aftercart.connectors.mail.faults import MailboxError
from aftercart.connectors.reading import document, mapping, text
from aftercart.plumbing import http

# What will be no better the next time (RFC 6749, 5.2): somebody has to let us in anew.
FOR_GOOD = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "access_denied"})


@dataclass(frozen=True, slots=True)
class Access:
    """`refresh_token`: a new one that replaces ours; ''. Microsoft gives one each time."""

    token: str = field(repr=False)
    seconds: int
    refresh_token: str = field(default="", repr=False)


def access(oauth: OAuth, *, seconds: float) -> Access:
    """Ask for an access token. Raises MailboxError."""
    form = {"client_id": oauth.client_id, "scope": oauth.scope, "client_secret": oauth.client_secret}
    if oauth.refresh_token:
        form |= {"grant_type": "refresh_token", "refresh_token": oauth.refresh_token}
    else:
        form |= {"grant_type": "client_credentials"}
    body = urlencode({name: value for name, value in form.items() if value}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": JSON}
    host = urlsplit(oauth.token_url).hostname
    try:
        with http.client(read_seconds=seconds) as wire:
            answer = http.send(wire, "POST", oauth.token_url, headers, body)
    except http.Unreachable as error:
        raise MailboxError(f"{host} gives no access token: it cannot be reached ({error})") from None
    return _read(answer, host or "")


def _read(answer: http.Response, host: str) -> Access:
    try:
        told = mapping(document(answer.body))
        if answer.status < 300:
            token = read_token(answer.body)
            return Access(token.value, token.seconds, text(told.get("refresh_token"), 8_000))
    except PayloadError:
        told = {}
    code, sentence = oauth_fault(told) or ("", "")
    said = f"{code}: {' '.join(sentence.split())}"[:200] if code else f"HTTP status {answer.status}"
    refused = code in FOR_GOOD or answer.status in (401, 403)
    advice = "; let Aftercart in anew with `aftercart mailbox add`" if refused else ""
    raise MailboxError(f"{host} gives no access token ({said}){advice}", refused=refused)
