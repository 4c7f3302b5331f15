"""The end of a run: the keeper says it to AWS, or the run itself where the keeper cannot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils import ending, farewell, processes
from ansible_collections.groundwork.aws.plugins.plugin_utils.lock_files import LockFiles

from tests.waiting import until

# Answers as the keeper does, or ends without an answer.
KEEPER = """
import json, pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
while not (folder / "ending.json").exists():
    time.sleep(0.01)
asked = json.loads((folder / "ending.json").read_text())
if sys.argv[2] == "answers":
    draft = folder / "draft"
    draft.write_text(json.dumps({"kept": asked["key"], "released": ""}))
    draft.rename(folder / "ended.json")
"""


@pytest.fixture
def files(tmp_path):
    return LockFiles(tmp_path / "lock")


@pytest.fixture
def keeper(files):
    """A function that starts a keeper, known to the run."""
    begun = []

    def start(does: str) -> subprocess.Popen:
        process = subprocess.Popen([sys.executable, "-c", KEEPER, str(files.folder), does])
        begun.append(process)
        files.write("keeper", {"pid": process.pid, "start": processes.started(process.pid)})
        return process

    yield start
    for process in begun:
        process.kill()
        process.wait()


@pytest.fixture
def itself(monkeypatch):
    """What the run said to AWS itself."""
    said = []

    class Farewell:
        def __init__(self, taken, locks, clock):
            pass

        def say(self, key, record):
            said.append((key, record))
            return {"kept": "", "released": ""}

    monkeypatch.setattr(farewell, "Farewell", Farewell)
    return said


def test_the_keeper_says_it_and_the_run_makes_no_client(files, keeper, itself):
    keeper("answers")
    assert ending.farewell(files, "runs/1.json", {"verdict": "ok"})["kept"] == "runs/1.json"
    assert files.read("ending") == {"key": "runs/1.json", "record": {"verdict": "ok"}}
    assert itself == []


@pytest.mark.parametrize("fate", ["killed", "stopped", "silent", "never there"])
def test_the_run_says_it_where_the_keeper_does_not(files, keeper, itself, fate):
    process = keeper("is silent") if fate != "never there" else None
    if fate == "killed":
        process.kill()
        process.wait()
    if fate == "stopped":
        os.kill(process.pid, signal.SIGSTOP)
        known = files.read("keeper")
        until(lambda: processes.condition(known["pid"], known["start"]) == "stopped", "it stops")
    begun = time.monotonic()
    assert ending.farewell(files, "runs/1.json", None) == {"kept": "", "released": ""}
    assert itself == [("runs/1.json", None)]
    assert time.monotonic() - begun < 30, "it does not wait for who is gone"
    if process:
        assert process.wait(10) is not None, "no renewal comes after the release"


def test_a_keeper_that_does_not_answer_is_ended(files, keeper, itself, monkeypatch):
    monkeypatch.setattr(ending, "_FAREWELL", 0.2)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    files.write("keeper", {"pid": process.pid, "start": processes.started(process.pid)})
    assert ending.farewell(files, "runs/1.json", {}) == {"kept": "", "released": ""}
    assert process.wait(10) != 0
    assert len(itself) == 1


def test_what_the_keeper_loads_knows_nothing_of_ansible():
    source = processes.__file__.replace("processes.py", "keeper.py")
    told = "print(*[name for name in sys.modules if name.startswith('ansible')])"
    check = f"import runpy, sys; runpy.run_path({source!r}); {told}"
    done = subprocess.run([sys.executable, "-P", "-c", check], capture_output=True, check=True)
    assert done.stdout.split() == []
