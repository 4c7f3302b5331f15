"""Under Ansible: a task's result is the same, warm or plain."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from ansible.playbook.task import Task
from ansible_collections.groundwork.aws.plugins.connection import warm, warm_ssh

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
UTILITY = """
from ansible.module_utils.common.warnings import deprecate, warn
deprecate("an old utility", version="9.9", collection_name="a.b")
COUNT = []
"""
MODULE = """
import os, sys
from ansible.module_utils.basic import AnsibleModule, env_fallback
from ..module_utils import shared
%s
def main():
    module = AnsibleModule(supports_check_mode=True, argument_spec=dict(
        what=dict(), password=dict(no_log=True),
        region=dict(fallback=(env_fallback, ["AWS_REGION"]), aliases=["where"], deprecated_aliases=[
            dict(name="where", version="9.9", collection_name="a.b")])))
    shared.COUNT.append(1)
    what = module.params["what"]
    if what == "fail":
        module.fail_json(msg="no: " + module.params["password"])
    if what == "raise":
        raise RuntimeError("boom")
    if what == "rubbish":
        print("no json")
        sys.exit(4)
    module.warn("careful")
    module.exit_json(
        changed=not module.check_mode, count=len(shared.COUNT), region=module.params["region"],
        seen=os.environ.get("SEEN"), folder=os.getcwd(), mask=os.umask(0),
        password=module.params["password"])
main()
"""
PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - {name: first, a.b.one: {password: secret-1}, register: first}
    - {name: again, a.b.one: {}, environment: {SEEN: "it's $HOME", AWS_REGION: x}, register: again}
    - {name: alias, a.b.one: {where: here}, register: alias}
    - {name: check, a.b.one: {}, check_mode: true, register: check}
    - {name: locale, a.b.one: {}, environment: {LC_ALL: C}, register: locale}
    - {name: fail, a.b.one: {what: fail, password: secret-2}, register: fail, ignore_errors: true}
    - {name: raise, a.b.one: {what: raise}, register: raise, ignore_errors: true}
    - {name: rubbish, a.b.one: {what: rubbish}, register: rubbish, ignore_errors: true}
    - {name: quiet, a.b.quiet: {}, register: quiet}
    - name: command
      ansible.builtin.command: sh -c 'echo out; echo err >&2; exit 3'
      register: command
      ignore_errors: true
    - {name: loop, ansible.builtin.ping: {data: "{{ item }}"}, loop: [1, 2], register: loop}
    - {name: async, ansible.builtin.ping: {}, async: 20, poll: 1, register: async}
    - name: timeout
      ansible.builtin.wait_for: {timeout: 30}
      timeout: 1
      register: timeout
      ignore_errors: true
    - {name: raw, ansible.builtin.raw: echo $0, register: raw}
    - {name: stat, ansible.builtin.stat: {path: "{{ playbook_dir }}"}, register: stat}
    - ansible.builtin.copy:
        content: "{{ query('ansible.builtin.vars', 'first', 'again', 'alias', 'check', 'locale',
          'fail', 'raise', 'rubbish', 'quiet', 'command', 'loop', 'async', 'timeout', 'raw',
          'stat') | to_json }}"
        dest: "{{ out }}"
        mode: "600"
"""
# Stands for ssh: the last word is the command, for a shell at the other end.
SSH = """#!/bin/sh
for command; do :; done
exec /bin/sh -c "$command"
"""
TIMES = ("start", "end", "delta", "ansible_job_id", "results_file", "finished", "started", "atime")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    plugins = folder / "collections" / "ansible_collections" / "a" / "b" / "plugins"
    for name in ("modules", "module_utils"):
        (plugins / name).mkdir(parents=True)
    (plugins / "module_utils" / "shared.py").write_text("COUNT = []\n")
    (plugins / "module_utils" / "old.py").write_text(UTILITY)
    (plugins / "modules" / "one.py").write_text(MODULE % "from ..module_utils import old")
    (plugins / "modules" / "quiet.py").write_text(MODULE % "")
    (folder / "play.yml").write_text(PLAY)
    (folder / "out").mkdir()
    (folder / "ssh").write_text(SSH)
    (folder / "ssh").chmod(0o755)
    return folder


def play(project: Path, connection: str, **environment: str) -> subprocess.CompletedProcess:
    done = subprocess.run(
        [
            Path(sys.executable).with_name("ansible-playbook"),
            *("play.yml", "-vvv", "-i", "here,", "-c", connection),
            *(
                "-e",
                f"out={project}/out/{connection}",
                "-e",
                '{"ansible_warm_collections": ["a.b"]}',
            ),
            *("-e", f"ansible_python_interpreter={sys.executable}"),
        ],
        cwd=project,
        env={
            **os.environ,
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_HOME": str(project / "home"),
            "ANSIBLE_COLLECTIONS_PATH": f"{project}/collections:{ROOT}/collections",
            "ANSIBLE_DISPLAY_TRACEBACK": "error",
            "ANSIBLE_DEPRECATION_WARNINGS": "1",
            "ANSIBLE_SSH_EXECUTABLE": str(project / "ssh"),
            "ANSIBLE_SSH_TRANSFER_METHOD": "piped",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def without_times(value: object) -> object:
    """The value without what differs from run to run."""
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in TIMES}
    if isinstance(value, list):
        return [without_times(item) for item in value]
    return value


def results(project: Path, connection: str) -> list:
    results = without_times(json.loads((project / "out" / connection).read_text()))
    for result in results:
        # The frames above the module's own are Ansible's packing, or the fork's.
        if "exception" in result:
            result["exception"] = "Traceback" in result["exception"], result["exception"][-40:]
        if "module_stderr" in result:
            result["module_stderr"] = result["module_stderr"].splitlines()[-1:]
    return results


WAYS = {"groundwork.aws.warm": "local", "groundwork.aws.warm_ssh": "ssh"}


@pytest.mark.parametrize("connection", WAYS)
def test_results_are_the_same(project, connection):
    with ThreadPoolExecutor(2) as pool:
        plain, warm = pool.map(play, [project] * 2, [WAYS[connection], connection])
    assert results(project, connection) == results(project, WAYS[connection])
    assert "secret-1" not in warm.stdout + warm.stderr
    taken = [line for line in warm.stdout.splitlines() if "EXEC (warm)" in line]
    left = [line for line in warm.stdout.splitlines() if "the plain way" in line]
    assert len(taken) >= 14 and "EXEC (warm)" not in plain.stdout
    if connection == "groundwork.aws.warm":
        assert all("LC_ALL" in line for line in left) and left
    else:
        assert not [line for line in taken if "LC_ALL" in line] and not left


@pytest.mark.parametrize("connection", WAYS)
@pytest.mark.parametrize("name", ["ANSIBLE_WARM_ENABLED=0", "ANSIBLE_KEEP_REMOTE_FILES=1"])
def test_it_can_be_turned_off(project, name, connection):
    variable, _equals, value = name.partition("=")
    (project / "play.yml").write_text(
        "- hosts: all\n  gather_facts: false\n  tasks: [ansible.builtin.ping: {}]\n"
    )
    done = play(project, connection, **{variable: value})
    assert "EXEC (warm)" not in done.stdout and "ok=1" in done.stdout


def test_an_edited_utility_is_packed_again(project):
    (project / "play.yml").write_text(
        "- hosts: all\n  gather_facts: false\n  tasks: [{a.b.quiet: {}}]\n"
    )
    utility = project / "collections/ansible_collections/a/b/plugins/module_utils/shared.py"
    for text in ("COUNT = []", "COUNT = [1]", "COUNT = [1]"):
        utility.write_text(text)
        done = play(project, "groundwork.aws.warm")
        assert f'"count": {text.count("1") + 1}' in done.stdout
        assert "EXEC (warm)" in done.stdout


@pytest.mark.parametrize("plugin", [warm, warm_ssh])
def test_no_option_has_the_name_of_a_tasks_keyword(plugin):
    documented = yaml.safe_load(plugin.DOCUMENTATION)["options"]
    assert set(documented) & set(Task.fattributes) == set()
