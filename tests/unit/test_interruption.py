"""A Ctrl-C that comes while a worker is forked is lost neither by the run nor by the worker."""

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


# Ansible's handler tells its workers; this one is told before it has begun, and when it is known.
WORKER = """
import multiprocessing, os, signal, sys, time
from ansible_collections.groundwork.aws.plugins.plugin_utils import interruption

def ansibles(number, frame):
    signal.signal(number, signal.SIG_DFL)
    assert worker.is_alive()
    os.kill(worker.pid, number)
    raise KeyboardInterrupt

def begin():
    os.read(known, 1)
    os.kill(os.getppid(), signal.SIGINT)
    time.sleep(60)

known, knows = os.pipe()
signal.signal(signal.SIGINT, ansibles)
if sys.argv[1] == "heed":
    interruption.heed(os.getpid())
os.register_at_fork(after_in_child=begin)
worker = multiprocessing.get_context("fork").Process(target=print, args=("worked",))
try:
    worker.start()
    os.write(knows, b"1")
    time.sleep(60)
except KeyboardInterrupt:
    worker.join()
"""

# Ansible closes a worker that has ended, and asks if it is alive until the next is in its place.
CLOSED = """
import multiprocessing, os, signal, sys, time
from ansible_collections.groundwork.aws.plugins.plugin_utils import interruption

def ansibles(number, frame):
    signal.signal(number, signal.SIG_DFL)
    worker.is_alive()
    raise KeyboardInterrupt

signal.signal(signal.SIGINT, ansibles)
if sys.argv[1] == "heed":
    interruption.heed(os.getpid())
worker = multiprocessing.get_context("fork").Process(target=str)
worker.start()
worker.join()
worker.close()
try:
    os.kill(os.getpid(), signal.SIGINT)
    worker = multiprocessing.get_context("fork").Process(target=str)
    time.sleep(1)
except KeyboardInterrupt:
    print("heard")
except ValueError:
    print("a bug")
"""


def run(word: str, program: str = PROGRAM) -> str:
    return subprocess.run(
        [sys.executable, "-c", program, word],
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


def test_a_worker_that_is_told_before_it_begins_does_not():
    assert run("heed", WORKER) == ""


def test_python_alone_would_let_it_work():
    assert run("without", WORKER) == "worked"


def test_it_is_heard_when_a_worker_was_closed_and_the_next_is_not_there_yet():
    assert run("heed", CLOSED) == "heard"


def test_ansible_alone_would_call_it_a_bug():
    assert run("without", CLOSED) == "a bug"
