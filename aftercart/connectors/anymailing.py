"""django-anymail's translation of a mail into a provider's request. The request is ours to send.

Its own sending ends in one kind of error for all that can go wrong, and keeps lines open between messages: too little
is known afterwards to say whether a message may be sent again.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

from aftercart.connectors.asking import Request
from aftercart.connectors.composing import address, headers
from aftercart.connectors.sending import Message, SendError

# Under this name providers repeat our reference in their reports.
REFERENCE = "aftercart"


def backend(name: str, **settings: Any) -> Any:
    """One of its backends, told everything, so that it looks into no global settings."""
    with warnings.catch_warnings():
        # SendGrid: it takes no more reports of errors about it, which is no error.
        warnings.simplefilter("ignore")
        return import_module(f"anymail.backends.{name}").EmailBackend(
            **settings, ignore_unsupported_features=False, ignore_recipient_status=True, debug_api_requests=False
        )


def request(backend: Any, message: Message) -> Request:
    """What to send. Raises SendError where the mail cannot be one."""
    from anymail.exceptions import AnymailError
    from anymail.message import AnymailMessage
    from requests import PreparedRequest
    from requests import Request as Prepared

    mail = AnymailMessage(
        subject=" ".join(message.subject.split()),
        body=message.text,
        from_email=str(address(message.sender, "sender")),
        to=[str(address(message.to, "recipient"))],
        headers={"Message-ID": message.key, "Content-Language": message.language, **headers(message)},
        metadata={REFERENCE: message.reference},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for file in message.files:
        mail.attach(file.name, file.content, file.type or "application/octet-stream")
    try:
        payload = backend.build_message_payload(mail, {})
        ready: PreparedRequest = Prepared(**payload.get_request_params(backend.api_url)).prepare()
    except (AnymailError, ValueError) as error:
        raise SendError(f"message: {' '.join(str(error).split())[:200]}", permanent=True) from None
    body = ready.body if isinstance(ready.body, bytes) else str(ready.body or "").encode()
    return Request(
        url=ready.url or "",
        method=ready.method or "POST",
        headers={name.lower(): str(value) for name, value in ready.headers.items() if name.lower() != "content-length"},
        body=body,
    )
