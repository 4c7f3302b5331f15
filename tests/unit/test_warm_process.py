"""The life of the warm process: started, killed, given up, ended."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils import warm_process, warm_protocol
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_client import (
    Lost,
    NotStarted,
    WarmClient,
)

from tests.unit.warm import ROOT, config, gone, payload, process_of, request, zombie
from tests.waiting import PATIENCE, until


@pytest.fixture
def own(tmp_path: Path) -> Iterator[WarmClient]:
    """A client whose process the test may kill."""
    holder = subprocess.Popen(["sleep", "60"])
    yield WarmClient(str(tmp_path), sys.executable, config(holder.pid))
    holder.kill()
    holder.wait()


SLEEPER = """
import os, subprocess, sys
open("pids", "w").write(f"{os.getpid()} {subprocess.Popen(['sleep', '60']).pid}")
os.rename("pids", "ready")
import time; time.sleep(60)
"""


def start_sleeper(client: WarmClient, folder: Path) -> tuple[subprocess.Popen, list[int]]:
    """A worker whose module sleeps: the worker, and the pids of the module and its child."""
    script = textwrap.dedent(f"""
        import os, sys
        sys.path[:0] = {[str(ROOT), str(ROOT / "collections")]!r}
        from pathlib import Path
        from tests.unit.test_warm_process import SLEEPER, WarmClient, payload, request
        client = WarmClient({str(Path(client.folder).parent)!r}, sys.executable, {client.config!r})
        print(client.run(request(Path({str(folder)!r})), payload(SLEEPER)))
    """)
    worker = subprocess.Popen([sys.executable, "-c", script])
    until((folder / "ready").exists)
    return worker, [int(pid) for pid in (folder / "ready").read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_ends_takes_its_module_along(own, tmp_path, number):
    worker, pids = start_sleeper(own, tmp_path)
    worker.send_signal(number)
    worker.wait()
    assert all(gone(pid) for pid in pids)
    assert own.run(request(tmp_path), payload("print(1)"))[1] == b"1\n"


def test_the_end_of_one_module_is_not_that_of_the_next_one(own, tmp_path):
    """Ended, asked and hung up in one glance of a busy process: no number may mean two things."""
    warm = process_of(own)
    children = Path(f"/proc/{warm}/task/{warm}/children")
    until(lambda: not children.read_text())
    time.sleep(0.1)  # for the numbers that it has free now to be the lowest ones
    wait = "import os, time\nopen('began', 'w')\nwhile not os.path.exists('go'): time.sleep(0.01)"
    with ThreadPoolExecutor(2) as pool, own._open() as first:
        ended = pool.submit(own._run, first, request(tmp_path), payload(wait))
        until((tmp_path / "began").exists)
        (child,) = children.read_text().split()
        os.kill(warm, signal.SIGSTOP)
        (tmp_path / "go").touch()
        assert ended.result(PATIENCE) == (0, b"", b"")
        until(lambda: zombie(int(child)))
        with own._open() as second:
            first.close()
            # Where the first signal comes too early to be heard, the last one does not.
            code = f"import time; time.sleep({warm_process.GRACE + 1}); print('whole')"
            next_one = pool.submit(own._run, second, request(tmp_path), payload(code))
            os.kill(warm, signal.SIGCONT)
            assert next_one.result(PATIENCE) == (0, b"whole\n", b"")


def test_the_end_of_the_controller_ends_everything(own, tmp_path):
    pid = process_of(own)
    worker, pids = start_sleeper(own, tmp_path)
    os.kill(own.config["controller"], signal.SIGKILL)
    assert all(gone(each) for each in [pid, *pids])
    assert not (Path(own.folder) / "socket").exists()
    worker.wait(PATIENCE)


def test_a_module_outlives_the_warm_process(own, tmp_path):
    code = "import os, signal; os.kill(os.getppid(), signal.SIGKILL); print('done')"
    assert own.run(request(tmp_path), payload(code)) == (0, b"done\n", b"")


def test_a_module_that_is_lost_is_not_run_again(own, tmp_path):
    code = (
        "import os; open('runs', 'a').write('x'); os.kill(os.getppid(), 9); os.kill(os.getpid(), 9)"
    )
    with pytest.raises(Lost):
        own.run(request(tmp_path), payload(code))
    assert (tmp_path / "runs").read_text() == "x"


def test_it_is_started_once_more_and_then_given_up(own, tmp_path):
    first = process_of(own)
    os.kill(first, signal.SIGKILL)
    assert gone(first)
    second = process_of(own)
    os.kill(second, signal.SIGKILL)
    assert gone(second)
    with pytest.raises(NotStarted, match="ended 2 times") as caught:
        own.run(request(tmp_path), payload(""))
    assert caught.value.broken


def test_it_ends_when_nobody_asks_and_starts_again(own):
    own.config["idle"] = 0.1
    pids = []
    for _ in range(3):
        pids.append(process_of(own))
        assert gone(pids[-1])
    assert len(set(pids)) == 3


def test_a_controller_of_another_time_is_not_served(tmp_path):
    client = WarmClient(str(tmp_path), sys.executable, config(controller_started="1"))
    with pytest.raises(NotStarted, match="controller is gone"):
        client.run(request(tmp_path), payload(""))


def test_an_interpreter_that_cannot_is_no_failure(tmp_path):
    client = WarmClient(str(tmp_path), "/bin/false", config())
    with pytest.raises(NotStarted) as caught:
        client.run(request(tmp_path), payload(""))
    assert not caught.value.broken


def test_who_needs_many_services_waits_for_their_models(own):
    own.config |= {"libraries": ["botocore.session"], "services": ["sts", "sqs"]}
    own.await_services(0.1)
    assert not warm_protocol.has_parsed(own.folder)
    own.start()
    own.await_services(PATIENCE)
    assert warm_protocol.has_parsed(own.folder)


def test_without_services_nobody_waits(own):
    own.start()
    own.await_services(PATIENCE)
    assert warm_protocol.has_parsed(own.folder)
