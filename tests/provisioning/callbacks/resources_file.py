"""Writes what each task tells of its resources into a file, one line a resource."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase
from ansible_collections.groundwork.aws.plugins.plugin_utils.reported import resources_of


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "resources_file"

    def v2_runner_on_ok(self, result):
        with open(os.environ["RESOURCES_FILE"], "a") as file:
            for resource in resources_of(result):
                line = {"component": result.host.name, "task": result.task.get_name(), **resource}
                file.write(json.dumps(line) + "\n")

    v2_runner_item_on_ok = v2_runner_on_ok
