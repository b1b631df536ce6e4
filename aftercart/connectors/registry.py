from __future__ import annotations

from aftercart.connectors import (
    aftercart,
    aftership,
    canadapost,
    chat,
    dhl,
    easypost,
    fedex,
    klaviyo,
    mail,
    mailgun,
    postmark,
    royalmail,
    sendgrid,
    ses,
    seventeentrack,
    shippo,
    shopify,
    slack,
    twilio,
    ups,
    usps,
    webhook,
)
from aftercart.connectors.asking import Fetcher, Tracker
from aftercart.connectors.canadapost import asking as canadapost_asking
from aftercart.connectors.contract import FactSource
from aftercart.connectors.dhl import asking as dhl_asking
from aftercart.connectors.fedex import asking as fedex_asking
from aftercart.connectors.mailhooks import HOOKS, KEEPERS
from aftercart.connectors.royalmail import asking as royalmail_asking
from aftercart.connectors.sending import WHATSAPP, Provider
from aftercart.connectors.ses import fetching as ses_fetching
from aftercart.connectors.shopify import metafields as shopify_metafields
from aftercart.connectors.twilio import media as twilio_media
from aftercart.connectors.ups import asking as ups_asking
from aftercart.connectors.usps import asking as usps_asking

FACT_SOURCES: dict[str, FactSource] = {
    "17track": seventeentrack,
    "aftercart": aftercart,
    "aftership": aftership,
    "canadapost": canadapost,
    "chat": chat,
    "dhl": dhl,
    "easypost": easypost,
    "fedex": fedex,
    "mail": mail,
    "mailgun": mailgun,
    "postmark": postmark,
    "royalmail": royalmail,
    "sendgrid": sendgrid,
    "ses": ses,
    "shippo": shippo,
    "shopify": shopify,
    "twilio": twilio,
    "ups": ups,
    "usps": usps,
    **HOOKS,
}

# What these deliver holds no message of a customer. All that others deliver is kept sealed.
CLEAR = frozenset({
    "17track", "aftership", "canadapost", "dhl", "easypost", "fedex", "royalmail", "shippo", "shopify", "ups", "usps",
})  # fmt: skip

# Nobody's recorded deliveries of these were at hand: they are written from the other side's documentation alone. Their
# pages say so, in docs/how-to and at /ops/.
UNVERIFIED = frozenset({"mailgun", "postmark", "sendgrid", "ses", "twilio", *HOOKS})

# Through whom messages leave.
PROVIDERS: dict[str, Provider] = {
    "klaviyo": klaviyo,
    "mailgun": mailgun,
    "postmark": postmark,
    "sendgrid": sendgrid,
    "ses": ses,
    "shopify": shopify_metafields,
    "slack": slack,
    "smtp": mail,
    "twilio": twilio,
    "webhook": webhook,
}

# Through whom mail comes in: it is larger than other deliveries, by the files that it carries.
MAIL_SOURCES = frozenset({"mail", "mailgun", "postmark", "sendgrid", "ses", *HOOKS})
# They pack it once more, in base64 or as a form, so that it is larger on its way.
PACKING = frozenset({"mandrill", "postal", "sparkpost"})
# They take what is about an order, and nothing else.
ORDERS_ONLY = frozenset({"shopify"})
# They do what they are told, where others only pass it on to a sender of messages.
ACTING = frozenset({"webhook"})
# Who takes, outside of a conversation, only texts that were approved before.
TEMPLATED = frozenset({("twilio", WHATSAPP)})

# Who keeps a message or its files and hands them out to whoever shows the account's credentials.
FETCHERS: dict[str, Fetcher] = {"ses": ses_fetching, "twilio": twilio_media, **KEEPERS}

# The carriers that send nothing by themselves: we ask.
TRACKERS: dict[str, Tracker] = {
    "canadapost": canadapost_asking,
    "dhl": dhl_asking,
    "fedex": fedex_asking,
    "royalmail": royalmail_asking,
    "ups": ups_asking,
    "usps": usps_asking,
}
