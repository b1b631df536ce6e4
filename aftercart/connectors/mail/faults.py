from __future__ import annotations


class MailboxError(Exception):
    """Why a mailbox cannot be read now, for whoever keeps it. `refused`: it will not let us in with what we know."""

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.refused = refused


class Unreadable(Exception):
    """The server does not give out this one mail, and says why."""
