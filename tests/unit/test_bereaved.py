"""A worker does not outlive a run that was killed, not even where it waits for a reader."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import until

ROOT = Path(__file__).parents[2]
PROGRAM = """
import ctypes, multiprocessing, os, signal, sys, time
from ansible_collections.groundwork.aws.plugins.plugin_utils import bereaved

def will_be_told() -> int:
    number = ctypes.c_int()
    ctypes.CDLL(None).prctl(2, ctypes.byref(number))
    return number.value

def work(pipe):
    inside, outside = os.pipe()
    if not os.fork():
        os.write(outside, bytes([will_be_told()]))
        os._exit(0)
    print(os.getpid(), will_be_told(), os.read(inside, 1)[0], flush=True)
    os.write(pipe[1], bytes(1_000_000))

# As Ansible has one in its main process.
signal.signal(signal.SIGTERM, lambda number, frame: None)
if sys.argv[1] == "told":
    bereaved.end_with_this_process()
multiprocessing.get_context("fork").Process(target=work, args=(os.pipe(),)).start()
time.sleep(60)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child")


@pytest.fixture
def killed():
    """Start a main process with a worker, and kill it.

    What came: the worker's pid, the signal that it asked for, and that of its own child.
    """
    workers = []

    def kill(word: str) -> list[int]:
        main = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, word],
            env={"PYTHONPATH": str(ROOT / "collections")},
            stdout=subprocess.PIPE,
            text=True,
        )
        with main:
            found = [int(word) for word in main.stdout.readline().split()]
            workers.append(found[0])
            main.kill()
            main.stdout = None
        return found

    yield kill
    for worker in workers:
        if alive(worker):
            os.kill(worker, signal.SIGKILL)


def alive(process: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False


def test_it_ends_though_it_waits_for_a_reader(killed):
    worker, told, grandchild = killed("told")
    until(lambda: not alive(worker), "the worker ends")
    assert (told, grandchild) == (signal.SIGTERM, 0)


def test_linux_alone_would_let_it_wait(killed):
    worker, told, _ = killed("without")
    assert alive(worker) and not told
