"""Phone numbers, as every network understands them."""

from __future__ import annotations

from aftercart.connectors.sending import SendError


def international(written: str, field: str) -> str:
    """The number as E.164 has it, +31612345678. Raises SendError where it is none, or does not say its country."""
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse

    given = written.strip()
    if given.startswith("00"):
        given = f"+{given[2:]}"
    if not given.startswith("+"):
        reason = f"{field}: {written!r} is a phone number without its country; it should begin like +31"
        raise SendError(reason, permanent=True)
    try:
        number = parse(given)
    except NumberParseException as error:
        raise SendError(f"{field}: {written!r} is no phone number ({error})", permanent=True) from None
    if not is_valid_number(number):
        raise SendError(f"{field}: {written!r} is no phone number that its country gives out", permanent=True)
    return str(format_number(number, PhoneNumberFormat.E164))
