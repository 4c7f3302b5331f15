#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Ask URLs again and again until all of them answer well several times in a row."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: http_probe
short_description: Ask URLs again and again until all of them answer well several times in a row
description:
  - One good answer through a load balancer tells of one of its targets only. This asks each URL O(requests) times, each
    on a new connection, and begins anew when an answer is not good.
  - A name that this machine cannot resolve is no failure of the service; it is told in RV(unknown).
version_added: 0.3.0
author: Groundwork contributors
options:
  urls:
    description: What is asked, by GET. Good is a status below 400; a redirect is not followed.
    type: list
    elements: str
    required: true
  requests:
    description: Good answers in a row that each URL must give.
    type: int
    default: 3
  wait:
    description: Seconds that this may take.
    type: int
    default: 60
  timeout:
    description: Seconds for one answer.
    type: int
    default: 10
  ca_path:
    description: File of certificate authorities to trust, instead of the system's.
    type: path
attributes:
  check_mode:
    description: Nothing is changed.
    support: full
"""

EXAMPLES = r"""
- name: Look at the service through its balancer
  groundwork.aws.http_probe:
    urls: [https://qa.example.com/api/health]
    requests: 6
"""

RETURN = r"""
answered:
  description: Whether all URLs answered well in a row; not there where nothing could be asked.
  returned: when asked
  type: bool
unknown:
  description: Why nothing was asked; empty otherwise.
  returned: always
  type: str
seconds:
  description: How long it took.
  returned: when asked
  type: float
"""

import http.client
import socket
import ssl
import time
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleModule

PAUSE = 0.5


def ask(url: str, timeout: float, context: ssl.SSLContext) -> str:
    """Why `url` does not answer well; empty where it does."""
    parts = urlsplit(url)
    link: http.client.HTTPConnection
    if parts.scheme == "https":
        link = http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=timeout, context=context
        )
    else:
        link = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        link.request("GET", path, headers={"User-Agent": "groundwork-deploy"})
        status = link.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{url}: {error or type(error).__name__}"
    finally:
        link.close()
    return "" if status < 400 else f"{url} answers {status}"


def unresolvable(urls: list[str]) -> str:
    """Which names this machine does not know, in words; empty where it knows all."""
    for name in sorted({urlsplit(url).hostname or "" for url in urls}):
        try:
            socket.getaddrinfo(name or "no-name-given.invalid", None)
        except socket.gaierror:
            return f"{name} is not resolvable on this machine, so nothing was asked through the balancer."
    return ""


def probe(
    urls: list[str], requests: int, wait: float, timeout: float, context: ssl.SSLContext
) -> str:
    """Why the URLs did not answer well in a row within `wait` seconds; empty where they did."""
    deadline = time.monotonic() + wait
    while True:
        wrong = ""
        for _ in range(requests):
            for url in urls:
                wrong = wrong or ask(url, timeout, context)
            if wrong:
                break
        if not wrong or time.monotonic() > deadline:
            return wrong
        time.sleep(PAUSE)


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "urls": {"type": "list", "elements": "str", "required": True},
            "requests": {"type": "int", "default": 3},
            "wait": {"type": "int", "default": 60},
            "timeout": {"type": "int", "default": 10},
            "ca_path": {"type": "path"},
        },
        supports_check_mode=True,
    )
    given = module.params
    unknown = unresolvable(given["urls"])
    if unknown:
        module.exit_json(changed=False, unknown=unknown)
    begun = time.monotonic()
    try:
        context = ssl.create_default_context(cafile=given["ca_path"])
    except OSError as error:
        module.fail_json(msg=f"The authorities in {given['ca_path']} cannot be read: {error}")
    wrong = probe(given["urls"], given["requests"], given["wait"], given["timeout"], context)
    seconds = round(time.monotonic() - begun, 2)
    if wrong:
        module.fail_json(msg=wrong, answered=False, unknown="", seconds=seconds)
    module.exit_json(changed=False, answered=True, unknown="", seconds=seconds)


if __name__ == "__main__":
    main()
