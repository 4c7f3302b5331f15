# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a service on this host answers when it is asked for its health."""

from __future__ import annotations

import http.client


def fine(said: str) -> bool:
    """Whether an answer is one of a healthy service, as the proxy's own check has it."""
    return said.isdigit() and 200 <= int(said) < 400


def get(port: int, path: str, timeout: float = 5.0) -> str:
    """The status with which a port of this host answers a GET, or what is wrong."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        link.request("GET", path)
        return str(link.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        link.close()
