"""Where a parcel goes and who brings it there: what we learn, we learn per lane."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Blank fields mean "any". Places are whatever the brand distinguishes: countries, regions, warehouses."""

    carrier: str = ""
    service: str = ""
    origin: str = ""
    destination: str = ""

    def ladder(self) -> tuple[Lane, ...]:
        """This lane, then each coarser one that differs from it, down to the whole network."""
        steps = (
            self,
            Lane(origin=self.origin, destination=self.destination),
            Lane(destination=self.destination),
            NETWORK,
        )
        return tuple(dict.fromkeys(steps))

    @property
    def key(self) -> str:
        return "|".join(part.replace("|", "/") for part in (self.carrier, self.service, self.origin, self.destination))

    @classmethod
    def of(cls, key: str) -> Lane:
        carrier, service, origin, destination = key.split("|")
        return cls(carrier=carrier, service=service, origin=origin, destination=destination)

    @property
    def level(self) -> str:
        """How fine this lane is, in a word for the basis of a promise."""
        if self.service or (self.carrier and self.origin):
            return "lane"
        if self.carrier:
            return "carrier to this destination" if self.destination else "carrier"
        if self.origin:
            return "route"
        return "destination" if self.destination else "network"


NETWORK = Lane()
