"""A fork of the warm process is as good as a Python of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_client import (
    NotStarted,
    WarmClient,
)

from tests.unit.warm import config, gone, payload, process_of, request
from tests.waiting import PATIENCE, until


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmClient]:
    client = WarmClient(str(tmp_path_factory.mktemp("warm")), sys.executable, config())
    pid = process_of(client)
    yield client
    os.kill(pid, signal.SIGTERM)
    assert gone(pid)


CODES = {
    "the words that stand for the zip": "print('@the zip@')",
    "nothing": "pass",
    "exit": "import sys; sys.exit(3)",
    "none": "import sys; sys.exit()",
    "large": "import sys; sys.exit(259)",
    "text": "import sys; sys.exit('it failed')",
    "hard": "import os; os._exit(7)",
    "outputs": "import sys; print('out'); print('err', file=sys.stderr); sys.stdout.write('end')",
    "big": "import sys; sys.stdout.write('x' * 3_000_000); sys.stderr.write('y' * 3_000_000)",
    "killed": "import os; os.kill(os.getpid(), 9)",
    "terminated": "import os; os.kill(os.getpid(), 15)",
    "at exit": "import atexit; atexit.register(print, 'late'); print('early')",
    "thread": "import threading; threading.Timer(.1, print, 't').start()",
    "folder": "import os; print(os.getcwd())",
    "mask": "import os; print(oct(os.umask(0)))",
    "environment": "import os; print({k: v for k, v in os.environ.items() if k != '_'})",
    "stdin": "import sys; print(repr(sys.stdin.read()))",
    "argv": "import sys; print(sys.argv, __name__, sys.flags, sys.path)",
    "signals": "import signal; print([signal.getsignal(n) for n in (1, 2, 13, 15)][:1])",
    "time zone": "import time; print(time.tzname)",
    "main": "import __main__; print(sorted(n for n in vars(__main__) if n[0] != '_'))",
    "encoding": "import sys; print(sys.stdout.encoding, sys.getfilesystemencoding())",
    "fork": "import os, time\nif os.fork() == 0: print(1, flush=True); os._exit(5)\nos.wait()",
}


@pytest.mark.parametrize("name", CODES)
def test_a_fork_behaves_as_a_python_of_its_own(shared, tmp_path, name):
    body = payload(CODES[name])
    plain = subprocess.run(
        [sys.executable],
        input=body,
        capture_output=True,
        cwd=tmp_path,
        umask=0o027,
        env={**os.environ, "TZ": "Asia/Tokyo", "A": "b c"},
        timeout=PATIENCE,
    )
    warm = shared.run(request(tmp_path, TZ="Asia/Tokyo", A="b c"), body)
    assert warm == (plain.returncode, plain.stdout, plain.stderr)


LEAKS = """
import atexit, builtins, os, signal, socket, sys, tempfile, threading, warnings
import ansible.module_utils.basic as basic
left = [
    hasattr(builtins, "leak"), "leak" in sys.modules, "LEAK" in os.environ,
    hasattr(basic, "leak"), basic._ANSIBLE_ARGS is not None, "/leak" in sys.path,
    os.getcwd() == "/tmp", os.umask(0) == 0, threading.active_count() > 1,
    signal.getsignal(signal.SIGUSR1) is not signal.SIG_DFL, len(os.listdir("/proc/self/fd")) > 5,
    socket.socket is not socket.SocketType and socket.socket.__name__ == "leak",
    tempfile.tempdir == "/leak", warnings.filters[0][0] == "error",
    sys.meta_path[-1] is sys.meta_path[-2],
]
print(left)
builtins.leak = basic.leak = True
basic._ANSIBLE_ARGS = b"{}"
sys.modules["leak"] = sys
os.environ["LEAK"] = "1"
sys.path.append("/leak")
os.chdir("/tmp")
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
os.dup(0); os.dup(0)
class leak(socket.socket): pass
socket.socket = leak
tempfile.tempdir = "/leak"
warnings.simplefilter("error")
atexit.register(print, "leak")
sys.meta_path.append(sys.meta_path[-1])
"""


def test_nothing_passes_from_one_module_to_the_next(shared, tmp_path):
    answers = [shared.run(request(tmp_path), payload(LEAKS)) for _ in range(3)]
    clean = str([False] * 15)
    assert answers == [(0, f"{clean}\nleak\n".encode(), b"")] * 3


SESSIONS = """
import boto3
made = [boto3.session.Session() for _ in range(6)]
session, other = made[0], boto3.session.Session(profile_name="other")
client = session.client("sts")
print(len({id(one._session) for one in made}), session.region_name, client.meta.config.user_agent)
print(session.get_credentials().access_key, other.get_credentials().access_key, other.region_name)
"""


def test_a_session_that_was_made_before_reads_what_its_module_finds(tmp_path, tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("warm"))
    client = WarmClient(folder, sys.executable, config(libraries=["boto3"]))
    for number in (1, 2):
        keys = f"aws_access_key_id = other{number}\naws_secret_access_key = x\n"
        (tmp_path / "config").write_text(f"[profile other]\n{keys}")
        own = {
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_ACCESS_KEY_ID": f"own{number}",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_DEFAULT_REGION": f"us-west-{number}",
            "AWS_EXECUTION_ENV": f"job-{number}",
        }
        plain = subprocess.run(
            [sys.executable],
            input=payload(SESSIONS),
            capture_output=True,
            env={**os.environ, **own},
            timeout=PATIENCE,
        )
        told = plain.stdout.decode()
        assert f"6 us-west-{number} " in told
        assert f"exec-env/job-{number} " in told
        assert f"own{number} other{number} us-west-{number}" in told
        warm = client.run(request(tmp_path, **own), payload(SESSIONS))
        assert warm == (plain.returncode, plain.stdout, plain.stderr)
    os.kill(process_of(client), signal.SIGTERM)


CLIENTS = """
import boto3, botocore.session
boto3.session.Session()
def told(client):
    kind, model = type(client), client.meta.service_model
    print(kind.__name__, [base.__name__ for base in kind.__mro__], sorted(vars(kind)))
    print([name for name in sorted(client.meta.method_to_api_mapping) if client.can_paginate(name)])
    print(client.waiter_names, model.api_version, model.endpoint_discovery_operation)
    print(client.describe_instances.__name__ if hasattr(client, "describe_instances") else "")
for service in ("ec2", "s3", "sts"):
    told(boto3.session.Session().client(service, region_name="eu-west-1"))
def add(class_attributes, **kwargs):
    class_attributes["mine"] = 1
def refused(class_attributes):
    pass
session = boto3.session.Session()
session.events.register("creating-client-class.sts", add)
try:
    session.events.register("creating-client-class.sts", refused)
except ValueError as error:
    print(str(error).partition("<")[0])
print(session.client("sts", region_name="eu-west-1").mine)
print(hasattr(boto3.client("sts", region_name="eu-west-1"), "mine"))
"""


def test_clients_are_as_those_of_a_python_of_its_own(tmp_path, tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("warm"))
    names = ["boto3", "botocore.session", "botocore.client"]
    client = WarmClient(folder, sys.executable, config(libraries=names, services=["ec2", "sts"]))
    body = payload(CLIENTS)
    plain = subprocess.run(
        [sys.executable], input=body, capture_output=True, timeout=PATIENCE, check=True
    )
    assert plain.stdout.count(b"BaseClient") == 3
    until(lambda: int(client.run(request(tmp_path), payload(PARSED))[1]) == 0, "the models")
    for _ in range(2):
        code, out, err = client.run(request(tmp_path), body)
        assert (code, named(out), err) == (0, named(plain.stdout), plain.stderr)
    os.kill(process_of(client), signal.SIGTERM)


def named(text: bytes) -> bytes:
    """What a program said, without the addresses of objects."""
    return re.sub(rb" at 0x[0-9a-f]+", b"", text)


PARSED = """
import botocore.loaders, botocore.session
asked = []
parse = botocore.loaders.JSONFileLoader._load_file
botocore.loaders.JSONFileLoader._load_file = lambda *a: asked.append(a) or parse(*a)
botocore.session.get_session().create_client("sts", region_name="us-east-1")
print(len(asked))
"""


def test_models_are_parsed_once_for_each_folder_that_modules_name(tmp_path, tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("warm"))
    libraries = ["boto3", "botocore.session", "botocore.client"]
    client = WarmClient(folder, sys.executable, config(libraries=libraries, services=["sts"]))

    def parsed(**environment: str) -> int:
        return int(client.run(request(tmp_path, **environment), payload(PARSED))[1])

    until(lambda: parsed() == 0, "the model for modules without such a folder")
    until(lambda: parsed(AWS_DATA_PATH=str(tmp_path)) == 0, "the model for this folder")
    assert parsed() == 0
    os.kill(process_of(client), signal.SIGTERM)


def test_a_folders_own_model_is_not_mistaken_for_another_ones(tmp_path, tmp_path_factory):
    code = """
import botocore.session
session = botocore.session.get_session()
print("own" in session.get_component("data_loader").load_data("_retry"))
"""
    (tmp_path / "_retry.json").write_text('{"own": 1}')
    folder = str(tmp_path_factory.mktemp("warm"))
    client = WarmClient(folder, sys.executable, config(libraries=["boto3"], services=["sts"]))
    answers = [
        client.run(request(tmp_path, **environment), payload(code))[1]
        for environment in ({}, {"AWS_DATA_PATH": str(tmp_path)}, {})
    ]
    assert answers == [b"False\n", b"True\n", b"False\n"]
    os.kill(process_of(client), signal.SIGTERM)


def test_the_payload_runs_its_own_files(shared, tmp_path):
    code = "import ansible_collections.a.b.c as c; print(c.X)"
    for number in (1, 2):
        files = {
            "ansible_collections/a/__init__.py": "",
            "ansible_collections/a/b/__init__.py": "",
            "ansible_collections/a/b/c.py": f"X = {number}",
        }
        assert shared.run(request(tmp_path), payload(code, files))[1] == f"{number}\n".encode()


@pytest.mark.parametrize(
    ("body", "environment", "reason"),
    [
        (b"print(1)", {}, "not a payload"),
        (b"_ANSIBALLZ_WRAPPER = True\nprint(1)", {}, "another shape"),
        (payload("", {"ansible/module_utils/basic.py": "x = 1"}), {}, "basic is another one"),
        (payload("", {"data.txt": "x"}), {}, "data.txt"),
        (payload(""), {"PYTHONWARNINGS": "error"}, "PYTHONWARNINGS"),
        (payload(""), {"HOME": "/nowhere"}, "HOME"),
        (payload(""), {"LC_ALL": "C"}, "LC_ALL"),
    ],
)
def test_what_a_fork_cannot_do_is_declined(shared, tmp_path, body, environment, reason):
    with pytest.raises(NotStarted, match=reason) as caught:
        shared.run(request(tmp_path, **environment), body)
    assert not caught.value.broken


def test_a_folder_that_is_not_there_is_left_to_the_plain_way(shared, tmp_path):
    with pytest.raises(NotStarted, match="No such file"):
        shared.run(request(tmp_path / "none"), payload(""))


def test_folder_and_socket_are_private(shared):
    folder = Path(shared.folder)
    assert (folder.stat().st_mode & 0o777, (folder / "socket").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )


def test_a_folder_open_to_others_is_not_used(tmp_path):
    client = WarmClient(str(tmp_path), sys.executable, config())
    Path(client.folder).mkdir(mode=0o755)
    with pytest.raises(NotStarted, match="not private"):
        client.run(request(tmp_path), payload(""))


def test_arguments_and_environment_are_on_no_command_line(shared, tmp_path):
    code = """
import subprocess
lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
print("canary-7391" in lines)
"""
    secret = request(tmp_path, SECRET="canary-7391")
    assert shared.run(secret, payload(code))[1] == b"False\n"


def test_many_at_once(shared, tmp_path):
    def one(number: int) -> bytes:
        return shared.run(
            request(tmp_path), payload(f"import time; time.sleep(.1); print({number})")
        )[1]

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(one, range(20))) == [f"{n}\n".encode() for n in range(20)]
