"""What a worker learns is written down for its component, whatever way it learns it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, os, socket, subprocess, sys
from pathlib import Path
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces import recording
folder, known, act = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
recording.begin(folder, [known, sys.prefix, sys.base_prefix])
recording.serve("shop")
if os.fork() == 0:
    exec(act)
    os._exit(0)
os.wait()
recording.end()
print(json.dumps(recording.read(folder, "shop")))
"""


def learned(tmp_path: Path, act: str) -> list[dict]:
    """The lines that a worker which does `act` leaves."""
    known = tmp_path / "known"
    known.mkdir(exist_ok=True)
    (known / "file").write_text("k")
    (tmp_path / "other").write_text("o")
    act = act.replace("KNOWN", str(known)).replace("OTHER", str(tmp_path / "other"))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "traces"), str(known), act],
        env={"PYTHONPATH": "collections", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("act", "lines"),
    [
        ("open('KNOWN/file').read()", []),
        ("open('OTHER', 'a').write('x')", []),
        ("recording.module('a.b.c')", [{"module": "a.b.c"}]),
        ("os.listdir('KNOWN')", []),
        ("exec('with recording.aside(False): open(\\'OTHER\\').read()')", []),
    ],
)
def test_what_is_looked_at_otherwise_or_learns_nothing_is_left_out(tmp_path, act, lines):
    assert learned(tmp_path, act) == lines


def test_a_file_that_is_read_is_named(tmp_path):
    assert learned(tmp_path, "open('OTHER').read()") == [{"opened": str(tmp_path / "other")}]


@pytest.mark.parametrize(
    ("act", "word"),
    [
        ("subprocess.run(['true'])", "ran"),
        ("os.system('true')", "ran"),
        ("socket.socket().connect_ex(('127.0.0.1', 9))", "network"),
        ("os.listdir('/usr')", "listed"),
        ("recording.unknown('why')", "why"),
    ],
)
def test_what_cannot_be_asked_again_is_unknown(tmp_path, act, word):
    assert any(word in line.get("unknown", "") for line in learned(tmp_path, act))


def test_the_main_process_is_not_heard(tmp_path):
    program = PROGRAM.replace("if os.fork() == 0:", "exec(act)\nif os.fork() == 0:\n    act = ''")
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "t"), "/nowhere", "open('/etc/passwd')"],
        env={"PYTHONPATH": "collections"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == []
