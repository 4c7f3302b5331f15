"""Which kinds of records a real thing stands behind.

Alone, the emulator answers `available` at once. In the lab a controller follows the records, and
a new database or cache is `creating` until its container answers, as it is on AWS.
"""

_followed: set[str] = set()


def follow(kind: str) -> None:
    """Say that a controller sets the status of this kind of record (`database`, `cache`)."""
    _followed.add(kind)


def unfollow(kind: str) -> None:
    """Say that nobody does any more."""
    _followed.discard(kind)


def first_status(kind: str) -> str:
    """The status of a record just created."""
    return "creating" if kind in _followed else "available"


def is_followed(kind: str) -> bool:
    """Say whether a controller follows this kind of record."""
    return kind in _followed
