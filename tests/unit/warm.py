"""A warm process without Ansible, and payloads of the shape that Ansible packs."""

import base64
import io
import os
import sys
import zipfile
from pathlib import Path

import ansible
from ansible_collections.groundwork.aws.plugins.plugin_utils import warm_protocol
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_client import (
    WarmClient,
)

from tests.waiting import until

ROOT = Path(__file__).parents[2]
UNPREPARED = {f"ansible_warm_{what}": [] for what in ("collections", "libraries", "services")}
"""Variables of a run that asks AWS for nothing, or for little: it imports no more than it uses."""
HOST = {"ansible_connection": "groundwork.aws.warm", "ansible_python_interpreter": sys.executable}
"""Variables of a host that is this machine: a task starts no Python of its own."""


def config(controller: int | None = None, **changes) -> dict:
    controller = controller or os.getpid()
    return {
        "controller": controller,
        "controller_started": warm_protocol.started(controller),
        "idle": 60,
        "libraries": [],
        "collections": [],
        "services": [],
        "data_path": None,
        "ansible": str(Path(ansible.__file__).parent),
        "version": ansible.__version__,
        "roots": [str(ROOT / "collections")],
        **changes,
    }


def request(folder: Path, **environment: str) -> dict:
    return {"environment": {**os.environ, **environment}, "folder": str(folder), "mask": 0o027}


def process_of(client: WarmClient) -> int:
    """The warm process's pid: its modules' parent."""
    code, out, _err = client.run(request(Path("/")), payload("import os; print(os.getppid())"))
    assert code == 0
    return int(out)


def gone(pid: int) -> bool:
    """Whether a process ends; waits for it."""
    until(lambda: warm_protocol.started(pid) is None or zombie(pid), f"the end of process {pid}")
    return True


def zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def payload(code: str, files: dict[str, str] | None = None) -> bytes:
    """A payload that runs `code`; `files` are the zip's, by path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in (files or {}).items():
            # With a time of its own, so that the same files make the same payload at any second.
            archive.writestr(zipfile.ZipInfo(path), text)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f"_ANSIBALLZ_WRAPPER = True\npacked = dict(\nzip_data='{data}',\n)\n{code}\n".encode()
