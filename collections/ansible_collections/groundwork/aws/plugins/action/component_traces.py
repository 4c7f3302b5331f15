# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""Finds the components at which a run would find nothing to do, by asking again what an earlier one asked."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ansible
import yaml
from ansible import constants, context
from ansible.plugins.action import ActionBase
from ansible.utils.collection_loader import AnsibleCollectionConfig
from ansible.utils.display import Display
from ansible_collections.groundwork.aws.plugins.plugin_utils import fence
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces import ahead, asking, store
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces.inputs import (
    Inputs,
    variables,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces.trace import (
    digest,
    key,
    standing,
)

OURS = str(Path(__file__).parents[2])
OTHERS = ("amazon/aws", "community/aws")
OPTIONS = {
    "enabled": {"type": "bool", "default": True},
    "graph": {"type": "dict", "required": True},
    "facts": {"type": "dict", "required": True},
    "options_file": {"type": "path", "required": True},
}

display = Display()


def whole() -> bool:
    """Whether the command line leaves no task out."""
    tags = context.CLIARGS.get("tags") or ["all"]
    cut = ("skip_tags", "start_at_task", "step")
    return list(tags) == ["all"] and not any(context.CLIARGS.get(name) for name in cut)


def others() -> list[str]:
    """Folders of others' collections that components' modules come from."""
    roots = AnsibleCollectionConfig.collection_paths
    found = (
        next(
            (path for root in roots if os.path.isdir(path := f"{root}/ansible_collections/{name}")),
            "",
        )
        for name in OTHERS
    )
    return [f"{path}/plugins" for path in found if path]


class ActionModule(ActionBase):
    """See the module's documentation."""

    _supports_check_mode = True
    _requires_connection = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Look; what cannot be looked at is in no step, and its tasks run."""
        result = {**super().run(tmp, task_vars), "changed": False, "components": {}, "why": {}}
        _spec, given = self.validate_argument_spec(OPTIONS)
        nothing = {**result, "questions": 0, "context": {}}
        if not given["enabled"] or not whole():
            return nothing
        try:
            return {**nothing, **self._look(given, task_vars or {})}
        except Exception as error:  # then all tasks run, and say themselves what is wrong
            display.vvv(f"groundwork.aws.component_traces: {error!r}")
            return nothing

    def ask_ahead(self, names: list[str], asked: dict[str, Any]) -> dict[str, Any]:
        """The answers to what the newest traces of these components ask, before the run looks (see `ahead`)."""
        args = self._templar.template(
            {name: self._task.args[name] for name in ("enabled", "facts")}
        )
        if not args["enabled"] or not whole():
            return {}
        path = self._path(args["facts"])
        epoch, traces = store.read_epoch(path), store.read(path)
        questions = asking.questions(traces[name][0] for name in names if traces.get(name))
        with ThreadPoolExecutor(1) as pool:
            inputs = pool.submit(self._read_inputs, asked)
            answers = self._ask(questions, asked)
        return {
            "path": str(path),
            "epoch": epoch,
            "answers": answers,
            "inputs": asdict(inputs.result()),
        }

    @staticmethod
    def _path(facts: dict[str, str]) -> Path:
        return store.place({**facts, "endpoint": os.environ.get("AWS_ENDPOINT_URL", "")})

    def _look(self, given: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
        """What is told of components that are in step, and of those that are not."""
        told: dict[str, Any] = {}
        names = [str(name) for name in asked["ansible_play_hosts_all"]]
        path = self._path(given["facts"])
        found = ahead.told()
        inputs = self._inputs(asked, given["options_file"], found.get("inputs"))
        traces = store.fitting(store.read(path), names, inputs)
        # What those that --limit leaves out published (playbooks/recall.yml).
        published = asked.get("_recalled", {}).get("objects", {})
        outside = [name for name in given["graph"] if name not in names]
        recalled = {name: digest(published.get(name, {})) for name in outside}
        told["context"] = {
            "path": str(path),
            "check": bool(self._task.check_mode),
            "inputs": inputs,
            "graph": given["graph"],
            "recalled": recalled,
            "known": [*self._trees(asked), *others()],
        }
        why = {n: one.differs(inputs, self._task.check_mode) for n, one in traces.items()}
        usable = {name: one for name, one in traces.items() if not why[name]}
        questions = asking.questions(usable.values())
        lock = None if self._task.check_mode else fence.files().read("lock") or {"watch": True}
        answered = ahead.holding(found, str(path), lock)
        left = [one for one in questions if key({**one, "page": 0}) not in answered]
        answered = {**answered, **self._ask(left, asked)}
        told["questions"] = len(questions)
        why |= {name: one.disproved(answered) for name, one in usable.items()}
        sound = {name for name in usable if not why[name]}
        passed = standing(traces, sound, given["graph"], recalled)
        told["why"] = {
            name: why[name] or "what it needs is not in step"
            for name in traces
            if name not in passed
        }
        told["components"] = {
            name: {
                "outputs": traces[name].outputs,
                "resources": traces[name].resources,
                "seen": traces[name].seen,
            }
            for name in names
            if name in passed
        }
        if passed:
            told["msg"] = self._said(len(passed), len(names), len(questions))
        return told

    @staticmethod
    def _said(passed: int, components: int, questions: int) -> str:
        several = f"{passed} of {components} components are" if components > 1 else "It is"
        return (
            f"{several} as an earlier run found them ({questions} questions were asked again); "
            "-e traces=false goes through all the same."
        )

    def _trees(self, asked: dict[str, Any]) -> list[str]:
        """Folders and files of our own code and of the inventory."""
        sources = [one for one in context.CLIARGS.get("inventory") or [] if "," not in one]
        paths = [*constants.DEFAULT_ROLES_PATH, *constants.DEFAULT_ACTION_PLUGIN_PATH]
        found = [str(asked["playbook_dir"]), OURS, *paths, *sources]
        return [path for path in found if os.path.exists(path)]

    def _read_inputs(self, asked: dict[str, Any]) -> Inputs:
        versions = [ansible.__version__, version("boto3"), version("botocore")]
        return Inputs.read(self._trees(asked), others(), versions)

    def _inputs(
        self, asked: dict[str, Any], options_file: str, read: dict[str, Any] | None
    ) -> str | None:
        """The digest of all inputs; `read`: the files' part, where somebody has read them in this run."""
        inputs = Inputs(**read) if read else self._read_inputs(asked)
        besides = yaml.load(Path(options_file).read_text(encoding="utf-8"), yaml.CSafeLoader)
        known = asked["hostvars"]
        return inputs.digest(
            {
                name: variables(known.raw_get(name), besides)
                for name in sorted({*asked["groups"]["all"]})
            }
        )

    def _ask(self, questions: list[dict[str, Any]], asked: dict[str, Any]) -> dict[str, str | None]:
        """The answers by call; none where the module failed."""
        if not questions:
            return {}
        found = self._execute_module(
            module_name="groundwork.aws.answers_info",
            module_args={"questions": questions},
            task_vars=asked,
        )
        return asking.answered(questions, found.get("answers") or [])
