from __future__ import annotations

import msgspec


class Refused(Exception):
    """An answer other than 200: the kind of trouble, what it is about, and a sentence for whoever integrates."""

    def __init__(self, status: int, kind: str, param: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.body = msgspec.json.encode({"error": {"type": kind, "param": param, "message": message}})


def unknown() -> Refused:
    # One answer for every wrong part of an address: it must not help anybody to guess.
    return Refused(404, "not_found", "address", "No inbox has this address.")


def not_a_post() -> Refused:
    return Refused(405, "method_not_allowed", "method", "Deliveries are sent by POST.", allow="POST")


def too_large(most: int) -> Refused:
    # The rest of the body is not read, so the connection is of no further use.
    message = f"A delivery may have {most} bytes at most."
    return Refused(413, "too_large", "body", message, connection="close")


def too_slow() -> Refused:
    return Refused(408, "too_slow", "body", "The body did not arrive in time.", connection="close")


def unproven(param: str, message: str) -> Refused:
    return Refused(401, "unauthorized", param, message)


def ill_formed(param: str, message: str) -> Refused:
    return Refused(422, "invalid", param, message)


def away() -> Refused:
    message = "Deliveries cannot be stored at the moment; send this one again."
    return Refused(503, "unavailable", "", message, **{"retry-after": "5"})


def failed() -> Refused:
    return Refused(500, "internal", "", "The delivery could not be taken in; send it again.")
