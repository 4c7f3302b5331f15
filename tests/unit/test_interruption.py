"""A Ctrl-C that comes while a worker is forked is not lost."""

import subprocess
import sys
from pathlib import Path

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
PROGRAM = """
import multiprocessing, os, signal, sys, time
from ansible_collections.groundwork.aws.plugins.plugin_utils import interruption

def ansibles(number, frame):
    signal.signal(number, signal.SIG_DFL)
    raise KeyboardInterrupt

signal.signal(signal.SIGINT, ansibles)
if sys.argv[1] == "heed":
    interruption.heed(os.getpid())
parent = os.getpid()
os.register_at_fork(after_in_parent=lambda: os.kill(parent, signal.SIGINT))
try:
    multiprocessing.get_context("fork").Process(target=time.sleep, args=(0,)).start()
    time.sleep(1)
except KeyboardInterrupt:
    print("heard")
else:
    print("lost")
"""


def run(word: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, word],
        env={"PYTHONPATH": str(ROOT / "collections")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    ).stdout.strip()


def test_it_is_heard_when_the_fork_is_over():
    assert run("heed") == "heard"


def test_python_alone_would_lose_it():
    assert run("without") == "lost"
