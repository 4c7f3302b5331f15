# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""JSON alone on standard output, for other programs."""

from __future__ import annotations

DOCUMENTATION = r"""
---
name: document
type: notification
short_description: Print what a playbook found as JSON, alone on standard output
description:
  - With C(-e format=json), the value that a playbook gives as C(document) with M(ansible.builtin.set_stats) is all that is
    written to standard output. Everything else, whichever stdout callback writes it, goes to standard error.
  - A run that fails writes nothing to standard output.
version_added: 0.2.0
author: Groundwork contributors
requirements:
  - enabled by C(callbacks_enabled)
"""

import json
import os
import sys
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    """Keeps standard output for the document."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "groundwork.aws.document"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._out: int | None = None

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Send all that is printed from now on to standard error, where JSON is asked for."""
        plays = playbook.get_plays()
        manager = plays[0].get_variable_manager() if plays else None
        if self._out is None and manager and manager.extra_vars.get("format") == "json":
            sys.stdout.flush()
            self._out = os.dup(1)
            os.dup2(2, 1)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Write the document."""
        found = stats.custom.get("_run", {})
        if self._out is not None and "document" in found:
            with os.fdopen(os.dup(self._out), "w") as out:
                json.dump(found["document"], out, indent=2, sort_keys=True, default=str)
                out.write("\n")
