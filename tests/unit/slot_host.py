"""A host with two slots: a `docker` that keeps its state in a file, a proxy, a free clock."""

from __future__ import annotations

import contextlib
import json
import sys
from types import SimpleNamespace
from typing import Any

from ansible.module_utils.testing import patch_module_args
from ansible_collections.groundwork.aws.plugins.module_utils import haproxy, slot_machine
from ansible_collections.groundwork.aws.plugins.modules import compose_slots

from tests.unit.haproxy_master import Master

REPOSITORY = "registry.test/api"
DOCKER = """#!%s -SE
import json, re, sys, os
PATH = %r
state, argv = json.load(open(PATH)), sys.argv[1:]
state["calls"].append(argv)
mine = state["containers"]
def save():
    json.dump(state, open(PATH, "w"))
def end(text, code):
    save(); print(text, file=sys.stderr if code else sys.stdout); sys.exit(code)
if argv[0] == "ps":
    project = argv[argv.index("--filter") + 1].rpartition("=")[2]
    end("\\n".join(i for i, c in mine.items() if c["project"] == project), 0)
elif argv[0] == "inspect":
    if any(i not in mine for i in argv[1:]):
        end("Error: No such object", 1)
    told = []
    for i in argv[1:]:
        c = mine[i]
        c.update(c["then"].pop(0) if c["then"] else {})
        labels = {"com.docker.compose.service": c["service"], "groundwork.release": c["release"]}
        of = {"Status": c["state"], "ExitCode": c["code"], "StartedAt": "2026-11-21T12:00:00Z"}
        of |= {"Health": {"Status": c["health"]}} if c["health"] else {}
        config = {"Image": c["image"], "Labels": labels}
        told.append({"Id": i, "RestartCount": c["restarts"], "Config": config, "State": of})
    end(json.dumps(told), 0)
elif argv[:2] == ["update", "--cpu-shares"]:
    for i in argv[3:]:
        mine[i]["shares"] = int(argv[2])
    end("", 0)
elif argv[0] == "logs":
    end(f"last words of {mine[argv[-1]]['service']}", 0)
elif argv[:2] == ["image", "ls"]:
    end("\\n".join(i for i in state["images"] if i.startswith(argv[-1])), 0)
elif argv[:2] == ["image", "inspect"]:
    here = [i for i in argv[2:] if i in state["images"]]
    print("Error: No such image: one of them", file=sys.stderr)
    print(json.dumps([{"RepoDigests": [i], "Config": {"Cmd": [i]}} for i in here]))
    save(); sys.exit(len(here) < len(argv[2:]))
elif argv[:2] == ["image", "rm"]:
    state["images"].remove(argv[-1]); end("", 0)
elif argv[0] == "compose":
    text = open(argv[2]).read()
    project = re.search("^name: (.*)$", text, re.M)[1]
    release = re.search('x-groundwork-release: "(.*)"', text)[1]
    own = [i for i in mine if mine[i]["project"] == project]
    if argv[3] == "up":
        if state["refuses"]:
            end(state["refuses"], 1)
        for i in own:
            if mine[i]["release"] != release:
                del mine[i]
            else:
                mine[i].update(state="running", health="healthy")
        for service, image in re.findall(r"^  (\\w+):\\n    image: (.*)$", text, re.M):
            i = f"{project}-{service}-{release}"
            if i not in mine:
                then = state["becomes"].get(release, [{"health": "healthy"}])
                mine[i] = dict(project=project, service=service, image=image, release=release,
                               code=0, state="running", health="starting", restarts=0, then=then)
    for i in own:
        if argv[3] == "stop":
            mine[i].update(state="exited", health="")
        elif argv[3] == "down":
            del mine[i]
    end("", 0)
else:
    end("no such command: " + " ".join(argv), 1)
"""


def project(slot: str, release: str) -> str:
    """A Compose project as the role's template writes it, in short."""
    return (
        f'name: shop-{slot}\nx-groundwork-release: "{release}"\n\n'
        f"services:\n  api:\n    image: {image(release)}\n\nsecrets:\n  key:\n    file: /k\n"
    )


def image(release: str) -> str:
    """The image of a release."""
    return f"{REPOSITORY}@sha256:{release}"


class Host:
    """The host, and a run of the module on it."""

    def __init__(self, tmp_path, monkeypatch, capsys) -> None:
        self.capsys, self.folder = capsys, tmp_path / "shop"
        self.map, self.state_file = tmp_path / "slots.map", tmp_path / "docker.json"
        self.map.write_text("active none\nmaintenance off\n")
        self.save({"containers": {}, "calls": [], "images": [], "becomes": {}, "refuses": ""})
        program = tmp_path / "bin" / "docker"
        program.parent.mkdir()
        program.write_text(DOCKER % (sys.executable, str(self.state_file)))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        monkeypatch.setattr(haproxy, "TIMEOUT", 0.5)
        monkeypatch.setattr(slot_machine, "get", lambda port, path: "200")
        self.clock = 0.0
        clock = SimpleNamespace(monotonic=lambda: self.clock, sleep=self._sleep)
        monkeypatch.setattr(slot_machine, "time", clock)
        self.socket = tmp_path / "m.sock"
        self.master = Master(self.socket, self.map)

    def _sleep(self, seconds: float) -> None:
        self.clock += max(seconds, 0.01)

    @property
    def state(self) -> dict[str, Any]:
        """What the `docker` program knows."""
        return json.loads(self.state_file.read_text())

    def save(self, state: dict[str, Any]) -> None:
        """Let the `docker` program know something else."""
        self.state_file.write_text(json.dumps(state))

    def change(self, **values: Any) -> None:
        """Let the `docker` program know a few things anew."""
        self.save(self.state | values)

    def will(self, release: str, *steps: dict[str, Any]) -> None:
        """What a container of a release becomes, one step each time that it is looked at."""
        self.change(becomes={release: list(steps)})

    def ill(self, slot: str, *steps: dict[str, Any]) -> None:
        """What the containers of a slot become, one step each time that they are looked at."""
        state = self.state
        for one in state["containers"].values():
            if one["project"] == f"shop-{slot}":
                one["then"] = list(steps)
        self.save(state)

    def states(self) -> dict[str, str]:
        """Each container's state, by the slot."""
        containers = self.state["containers"].values()
        return {one["project"].removeprefix("shop-"): one["state"] for one in containers}

    def routed(self) -> tuple[str, str]:
        """The slot that the file and the running proxy name."""
        written = self.map.read_text().split()[1]
        return written, self.master.maps[20]["active"]

    def run(self, release: str = "", standing: bool = False, **given: Any) -> dict[str, Any]:
        """The module's result."""
        both = {slot: project(slot, release) for slot in ("blue", "green")}
        arguments = {
            "name": "shop",
            "directory": str(self.folder),
            "release": release,
            "projects": both if release and not standing else {},
            "services": {"api": {"port": 3000, "health_path": "/health"}},
            "proxy_map": str(self.map),
            "proxy_socket": str(self.socket),
            **given,
        }
        with patch_module_args(arguments), contextlib.suppress(SystemExit):
            compose_slots.main()
        return json.loads(self.capsys.readouterr().out)

    def settle(self, **given: Any) -> dict[str, Any]:
        """The result of what stops the slot that does not serve."""
        return self.run(state="settled", **given)
