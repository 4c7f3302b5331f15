# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Random values of secrets."""

from __future__ import annotations

import secrets
import string

# Safe in a URL, a shell, a connection string and an AUTH token.
ALPHABET = string.ascii_letters + string.digits


def random_text(length: int) -> str:
    """So many letters and digits, fit for a password."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
