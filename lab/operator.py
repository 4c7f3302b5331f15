"""What the lab gives the person at this machine: names, a key, variables. All of it goes again."""

import contextlib
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path

from lab.engine import Engine
from lab.settings import Settings

HOSTS = Path("/etc/hosts")
_CERTIFICATES = Path("/etc/docker/certs.d")
_BEGIN = "# BEGIN groundwork-lab (removed by: make lab-down)"
_END = "# END groundwork-lab"
_BLOCK = re.compile(
    rf"^{re.escape(_BEGIN)}\n(?P<body>.*?)^{re.escape(_END)}\n?", re.MULTILINE | re.DOTALL
)


def with_block(text: str, names: Mapping[str, IPv4Address]) -> str:
    """Put the lab's names into the text of a hosts file, in the place of those it had."""
    rest = _BLOCK.sub("", text)
    if not names:
        return rest
    if rest and not rest.endswith("\n"):
        rest += "\n"
    lines = [f"{address} {name}" for name, address in sorted(names.items())]
    return rest + "\n".join([_BEGIN, *lines, _END, ""])


def names_in(text: str) -> dict[str, str]:
    """Read the lab's names in the text of a hosts file, with their addresses."""
    found = _BLOCK.search(text)
    lines = [line.split() for line in found["body"].splitlines()] if found else []
    return {name: address for address, name in lines}


def write_names(names: Mapping[str, IPv4Address], path: Path = HOSTS) -> bool:
    """Make this machine know names of the lab, and only those. Says whether that was news."""
    before = path.read_text(encoding="utf-8")
    after = with_block(before, names)
    if after != before:
        # In place: in a container /etc/hosts is a mount, which cannot be replaced.
        path.write_text(after, encoding="utf-8")
    return after != before


def trust_registry(settings: Settings) -> None:
    """Let this machine's Docker engine trust the lab's registry."""
    folder = _CERTIFICATES / settings.registry_name
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "ca.crt"
    content = settings.ca.read_bytes()
    if not target.is_file() or target.read_bytes() != content:
        target.write_bytes(content)


def make_key(settings: Settings) -> None:
    """Make the operator's SSH key, once."""
    key = settings.ssh_key
    if key.is_file():
        return
    key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "groundwork-lab", "-f", key],
        check=True,
        stdin=subprocess.DEVNULL,
    )


def write_environment(settings: Settings, engine: Engine, extra: Mapping[str, str]) -> None:
    """Write the `export A=B` lines of the lab."""
    variables = {
        "AWS_ENDPOINT_URL": settings.emulator_url,
        # No key of AWS: the emulator takes any, and these say what they are.
        "AWS_ACCESS_KEY_ID": "GROUNDWORKLABACCESSKEY",
        "AWS_SECRET_ACCESS_KEY": "groundwork-lab-secret-that-opens-nothing",
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_REGION": settings.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "GROUNDWORK_BUILD_IMAGE": settings.node_build_image,
        "GROUNDWORK_RUNTIME_IMAGE": settings.node_runtime_image,
        "GROUNDWORK_CA": str(settings.ca),
        "GROUNDWORK_SSH_KEY": str(settings.ssh_key),
        **extra,
        "DOCKER_HOST": engine.host,
        "DOCKER_CONFIG": str(settings.docker_config),
    }
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    if engine.private:
        lines.append(f'export PATH={shlex.quote(engine.private.path)}:"$PATH"')
    lines.append("unset AWS_PROFILE AWS_SESSION_TOKEN")
    settings.environment.write_text("\n".join(lines) + "\n", encoding="utf-8")


def forget_host(identity: str) -> None:
    """Remove the key of a lab's host from the operator's SSH (a file a host, see group_vars)."""
    (Path.home() / ".ssh" / "groundwork" / identity).unlink(missing_ok=True)


def forget(settings: Settings) -> None:
    """Remove what was put outside of the lab's own folders."""
    write_names({})
    for folder in (settings.home / "hosts").glob("i-*"):
        forget_host(folder.name)
    shutil.rmtree(_CERTIFICATES / settings.registry_name, ignore_errors=True)
    for folder in (_CERTIFICATES, _CERTIFICATES.parent):
        with contextlib.suppress(OSError):  # somebody else's files are in it
            folder.rmdir()
