"""What stops the benchmark."""

from __future__ import annotations


class Stop(Exception):
    """The benchmark cannot go on: the message says what is wrong, where, and what to type next."""
