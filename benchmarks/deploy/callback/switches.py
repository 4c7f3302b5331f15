# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""When each host was switched, for the benchmark."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
---
name: switches
type: notification
short_description: Writes what compose_slots tells of a switch, with the moment
description:
  - Appends a line of JSON to the file that the variable C(GROUNDWORK_BENCH_SWITCHES) names, for
    each host that M(groundwork.aws.compose_slots) switched. The switch is the last thing that the
    module does, so the moment of its result is the switch's.
author: Groundwork contributors
"""


class CallbackModule(CallbackBase):
    """Notes switches."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "switches"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result: Any) -> None:
        """Note the host, the moment and the steps."""
        steps = result.result.get("seconds")
        if not isinstance(steps, dict) or "switch" not in steps:
            return
        if not str(result.task.resolved_action or result.task.action).endswith("compose_slots"):
            return
        line = {"host": result.host.get_name(), "when": time.time(), "steps": steps}
        with open(os.environ["GROUNDWORK_BENCH_SWITCHES"], "a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")
