"""A host's warm Python: modules run in it as they would by themselves; its session's life."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils import (
    warm_host,
    warm_keeper,
    warm_protocol,
    warm_remote,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_client import Lost, NotStarted

from tests.unit.warm import ROOT, gone, payload

# The base that every payload carries, by which the host's Python knows what to import beforehand.
BASIC = {
    "ansible/__init__.py": "",
    **{
        f"{folder}/__init__.py": ""
        for name in warm_host.BASE
        for folder in [str(one) for one in Path(name.replace(".", "/")).parents][:-2]
    },
    **{f"{name.replace('.', '/')}.py": "" for name in warm_host.BASE},
    "ansible/module_utils/basic.py": "import os\nPID, STATE = os.getpid(), []\n",
}
OLDEST = 9


def pythons() -> list[str]:
    """The Pythons of this machine that a host may have."""
    found = {}
    for minor in range(OLDEST, 15):
        places = [*Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3")]
        path = shutil.which(f"python3.{minor}") if not places else str(places[0])
        if path:
            found[minor] = path
    return [*found.values(), sys.executable]


def session(folder: Path, controller: int, python: str = sys.executable, **changes):
    """A client of a session that is a shell of this machine instead of one at the end of SSH."""
    command = f"exec {shlex.quote(python)} -c {shlex.quote(warm_keeper.BOOT)}"
    config = {
        "command": ["/bin/sh", "-c", command],
        "controller": controller,
        "controller_started": warm_protocol.started(controller),
        "idle": 60,
        "roots": [str(ROOT / "collections")],
        **changes,
    }
    return warm_remote.RemoteClient(str(folder), config)


@pytest.fixture
def controller():
    holder = subprocess.Popen(["sleep", "600"])
    yield holder
    holder.kill()
    holder.wait()


@pytest.fixture
def host(tmp_path, controller):
    return session(tmp_path / "host", controller.pid)


def run(client, code: str, files: dict[str, str] | None = None, **environment: str):
    return client.run(environment, payload(code, {**BASIC, **(files or {})}))


def host_process(client) -> int:
    """The host's Python: its modules' parent."""
    return int(run(client, "import os; print(os.getppid())")[1])


@pytest.mark.parametrize("python", pythons(), ids=lambda path: path.split("/")[-3])
def test_a_module_says_what_it_says_and_ends_as_it_ends(tmp_path, controller, python):
    client = session(tmp_path / "host", controller.pid, python)
    code = (
        "import os, sys; print('out', os.environ['GIVEN']); print('err', file=sys.stderr); "
        "print(sys.stdin.read(), end=''); sys.exit(3)"
    )
    assert run(client, code, GIVEN="a b") == (3, b"out a b\n", b"err\n")


def test_the_base_is_imported_once_and_by_nobody_twice(host):
    basic = "from ansible.module_utils import basic\n"
    code = f"{basic}basic.STATE.append(1); print(basic.PID, basic.STATE)"
    first, second = (run(host, code)[1] for _ in range(2))
    assert first == second == b"%d [1]\n" % host_process(host)


def test_a_payload_with_another_base_has_its_own(host):
    run(host, "pass")
    other = {**BASIC, "ansible/module_utils/basic.py": "PID = 'another'\n"}
    code = "from ansible.module_utils import basic; print(basic.PID)"
    assert run(host, code, other)[1] == b"another\n"


def test_what_a_module_leaves_behind_the_next_does_not_find(host):
    run(host, "import os, json; os.chdir('/'); os.environ['LEFT'] = '1'; json.left = 1", GIVEN="1")
    code = """if True:
        import os, json
        print(os.getcwd() == "/", *(name in os.environ for name in ("LEFT", "GIVEN")))
        print(hasattr(json, "left"))
    """
    assert run(host, code)[1] == b"False False False\nFalse\n"


def test_a_traceback_names_the_line(host):
    files = {
        "ansible/modules/__init__.py": "",
        "ansible/modules/ill.py": "\n\nraise ValueError(1)\n",
    }
    code, _out, err = run(host, "import ansible.modules.ill", files)
    assert code == 1
    assert b'ansible/modules/ill.py", line 3' in err
    assert b"raise ValueError(1)" in err


def test_much_is_said_and_much_is_heard(host):
    text = "x" * 3_000_000
    code, out, _err = run(host, f"text = '{text}'; print(text); print(len(text))")
    assert (code, len(out)) == (0, len(text) + 1 + len("3000000\n"))


def test_modules_run_beside_each_other(host, tmp_path):
    os.mkfifo(tmp_path / "meet")
    said = []
    waits = f"print(open({str(tmp_path / 'meet')!r}).read())"
    first = threading.Thread(target=lambda: said.append(run(host, waits)))
    first.start()
    assert run(host, f"open({str(tmp_path / 'meet')!r}, 'w').write('met')")[0] == 0
    first.join()
    assert said == [(0, b"met\n", b"")]


def test_a_module_that_is_killed_says_by_what(host):
    assert run(host, "import os; os.kill(os.getpid(), 9)") == (-signal.SIGKILL, b"", b"")


def test_what_is_no_payload_goes_the_plain_way(host):
    with pytest.raises(NotStarted, match="another shape"):
        host.run({}, b"print(1)\n")
    assert run(host, "print(1)")[1] == b"1\n"


def test_a_session_that_ends_in_the_middle_is_lost_and_the_next_is_another(host, tmp_path):
    before = host_process(host)
    with pytest.raises(Lost):
        kill = "import os; os.kill(os.getppid(), 9)"
        run(host, f"open({str(tmp_path / 'runs')!r}, 'a').write('x'); {kill}")
    assert (tmp_path / "runs").read_text() == "x"
    assert host_process(host) != before


def test_the_end_of_the_controller_ends_the_session(host, controller):
    pid = host_process(host)
    controller.kill()
    assert gone(pid)
    assert not (Path(host.folder) / "socket").exists()


def test_a_session_that_nobody_uses_ends(tmp_path, controller):
    client = session(tmp_path / "host", controller.pid, idle=1)
    assert gone(host_process(client))


def test_a_reset_ends_the_session(host, tmp_path):
    pid = host_process(host)
    warm_remote.end(str(tmp_path / "host"))
    assert gone(pid)
    assert host_process(host) != pid


@pytest.mark.parametrize(("code", "tries"), [(255, "xx"), (1, "x")])
def test_a_host_that_is_not_reached_is_tried_again_and_an_unfit_one_is_not(
    tmp_path, controller, code, tries
):
    script = f"printf x >>{tmp_path}/tries; echo no way in >&2; exit {code}"
    client = session(tmp_path / "host", controller.pid, command=["/bin/sh", "-c", script])
    for _ in range(2):
        with pytest.raises(NotStarted, match="no way in") as caught:
            run(client, "pass")
        assert not caught.value.broken
    assert (tmp_path / "tries").read_text() == tries


def test_the_socket_is_its_users_alone(host):
    run(host, "pass")
    folder = Path(host.folder)
    assert (folder.stat().st_mode & 0o777, (folder / "socket").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )
