"""Keeps what a scenario's first plan announced and what its first run did, for shared/tests."""

from __future__ import annotations

DOCUMENTATION = r"""
name: announced
type: notification
short_description: Keeps a scenario's first plan and what its first run did
description:
  - Molecule gives all runs of a scenario the same arguments, so C(done_file) would hold the last one only.
options:
  folder:
    description: Folder of the scenario's state, where C(planned.json), C(done.json) and C(planned_again.json) are written.
    env: [{name: MOLECULE_ANNOUNCED}]
    required: true
"""

import json
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible_collections.groundwork.aws.plugins.plugin_utils.collector import Collector


class CallbackModule(CallbackBase):
    """The plan of converge.yml's first check run, and of its first real one."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "announced"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._collector = Collector()

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self.disabled = Path(playbook._file_name).name != "converge.yml"

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._collector.play(play)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._collector.ok(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._collector.ok(result, item=True)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        plan = self._collector.plan.to_dict()
        folder = Path(self.get_option("folder"))
        names = ("planned.json", "planned_again.json") if plan["check"] else ("done.json",)
        for path in [folder / name for name in names if not (folder / name).exists()][:1]:
            path.write_text(json.dumps(plan))
