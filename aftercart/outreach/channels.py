"""By which channel to speak: what the customer agreed to, prefers, and can be reached by. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aftercart.connectors.sending import EMAIL, EVENT, SMS, WHATSAPP
from aftercart.people.rules import SERVICE, in_force

CHANNELS = (EMAIL, SMS, WHATSAPP)
# In which form a message is written for a channel; the shop's sender gets the mail as well as the facts.
FORMS = {EMAIL: EMAIL, SMS: SMS, WHATSAPP: SMS, EVENT: EMAIL}


@dataclass(frozen=True, slots=True)
class Reach:
    """One address of a customer. `agreed`: what they said of this channel; None where they were never asked."""

    channel: str
    address: str
    agreed: bool | None = None
    works: bool = True  # nothing has come back from there
    lacks: str = ""  # why it is closed to this occasion alone

    @property
    def open(self) -> bool:
        """Whether service messages may go there."""
        return bool(self.address) and self.works and not self.lacks and in_force(self.channel, SERVICE, self.agreed)


def ranked(
    reaches: Sequence[Reach],
    order: Sequence[str],
    ways: Collection[str],
    preferred: str = "",
    troubled: Collection[str] = (),
) -> list[Reach]:
    """The ways that may be used, the best first: what the customer prefers, then the brand's order.

    `ways`: the channels that the brand has. `troubled`: those that take nothing at the moment come last.
    """
    place: Mapping[str, int] = {channel: at for at, channel in enumerate(order)}
    usable = [one for one in reaches if one.open and one.channel in ways and one.channel in place]
    return sorted(usable, key=lambda one: (one.channel in troubled, one.channel != preferred, place[one.channel]))


def closed(reaches: Sequence[Reach], ways: Collection[str]) -> str:
    """Why none of them may be used."""
    known = [one for one in reaches if one.address and one.channel in ways]
    if not known:
        return "no address to write to"
    if any(one.agreed is False for one in known):
        return "the customer asked for no messages"
    if lacks := next((one.lacks for one in known if one.lacks), ""):
        return lacks
    if not any(one.works for one in known):
        return "what was sent to their address came back"
    return "the customer has not asked for messages by " + " or ".join(sorted({one.channel for one in known}))
