"""Providers that bring mail by a webhook and do nothing else for us, a module each."""

from aftercart.connectors.mailhooks import (
    brevo,
    mailersend,
    mailjet,
    mailtrap,
    mandrill,
    postal,
    resend,
    sparkpost,
)
from aftercart.connectors.mailhooks.inbound import Hook
from aftercart.connectors.mailhooks.keeping import Keeper

__all__ = ["HOOKS", "KEEPERS"]

HOOKS: dict[str, Hook] = {
    "brevo": brevo.hook,
    "mailersend": mailersend.hook,
    "mailjet": mailjet.hook,
    "mailtrap": mailtrap.hook,
    "mandrill": mandrill.hook,
    "postal": postal.hook,
    "resend": resend.hook,
    "sparkpost": sparkpost.hook,
}

# Those that keep something of a mail until it is asked for.
KEEPERS: dict[str, Keeper] = {"brevo": brevo.keeper, "mailtrap": mailtrap.keeper, "resend": resend.keeper}
