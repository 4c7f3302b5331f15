"""The machine's own apt: which Debian mirror it uses, and tools installed from it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError
from lab.progress import step

_CODENAMES = {
    "bullseye", "bookworm", "trixie", "forky", "sid",
    "oldoldstable", "oldstable", "stable", "testing", "unstable",
}  # fmt: skip
_ONE_LINE = re.compile(
    r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>[^#]+)"
)
_MIRROR_HINT = "name one: LAB_DEBIAN_MIRROR=<address of a Debian mirror> make lab-up"


@dataclass(frozen=True, slots=True)
class Source:
    """One apt source: a URI with one of its suites."""

    uri: str
    suite: str
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mirror:
    """A Debian mirror. `security` is empty where the machine has no source of that kind."""

    main: str
    security: str = ""

    def lines(self, suite: str) -> list[str]:
        """Make the sources of a Debian release, as `deb` lines."""
        lines = [f"deb {self.main} {suite} main", f"deb {self.main} {suite}-updates main"]
        if self.security:
            lines.append(f"deb {self.security} {suite}-security main")
        return lines


def parse_one_line(text: str) -> Iterator[Source]:
    """Read the traditional form, `deb [options] uri suite component...`."""
    for line in text.splitlines():
        if found := _ONE_LINE.match(line.strip()):
            yield Source(found["uri"], found["suite"], tuple(found["components"].split()))


def parse_deb822(text: str) -> Iterator[Source]:
    """Read the stanza form of `*.sources` files."""
    for stanza in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace():
                fields[name] = f"{fields.get(name, '')} {line.strip()}"
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value.strip()
        if "deb" not in fields.get("types", "").split():
            continue
        if fields.get("enabled", "yes").lower() in ("no", "false", "0"):
            continue
        components = tuple(fields.get("components", "").split())
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield Source(uri, suite, components)


def sources(apt: Path = Path("/etc/apt")) -> list[Source]:
    """Read all enabled sources of an apt configuration folder."""
    found: list[Source] = []
    for path in [apt / "sources.list", *sorted(apt.glob("sources.list.d/*"))]:
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".sources":
            found += parse_deb822(text)
        elif path.suffix == ".list":
            found += parse_one_line(text)
    return found


def choose(found: Iterable[Source]) -> Mirror | None:
    """Pick the Debian mirror out of a machine's sources, None where there is none."""
    main = security = ""
    for source in found:
        if "main" not in source.components:
            continue
        codename, _, kind = source.suite.partition("-")
        if codename not in _CODENAMES:
            continue
        if kind == "security":
            security = security or _plain(source.uri)
        elif not kind:
            main = main or _plain(source.uri)
    return Mirror(main.rstrip("/"), security.rstrip("/")) if main else None


def mirror() -> Mirror:
    """Find the mirror that this machine uses. Raises LabError on a machine without one."""
    if own := os.environ.get("LAB_DEBIAN_MIRROR"):
        return Mirror(own.rstrip("/"))
    found = choose(sources())
    if found is None:
        raise LabError("the apt sources of this machine name no Debian mirror", _MIRROR_HINT)
    return found


def proxies() -> list[str]:
    """Tell the proxies that this machine's apt goes through, as apt options."""
    if not shutil.which("apt-config"):
        return []
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True).stdout
    return [
        line.rstrip(";") for line in dump.splitlines()
        if re.match(r'Acquire::https?::Proxy(::\S+)? ".+";$', line)
    ]  # fmt: skip


def install(title: str, *packages: str) -> None:
    """Install Debian packages on this machine, with one step's line."""
    if not shutil.which("apt-get"):
        raise LabError(f"{', '.join(packages)} missing and no apt-get to install it",
                       "install it with this machine's package manager")  # fmt: skip
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    with step(title) as running:
        done = _run(command, environment)
        if done.returncode:  # the lists may be missing or old
            running.detail = "refreshing apt's lists"
            _run(["apt-get", "update", "-q"], environment)
            running.detail = ""
            done = _run(command, environment)
        if done.returncode:
            raise LabError(
                f"apt-get could not install {', '.join(packages)}:\n{_tail(done.stderr)}",
                f"try it by hand: apt-get update && apt-get install {' '.join(packages)}",
            )


def need(**tools: str) -> None:
    """Have commands on this machine: `need(mmdebstrap="mmdebstrap")`, command = package."""
    missing = {tool: package for tool, package in tools.items() if not shutil.which(tool)}
    if missing:
        install(f"Install {', '.join(missing)}", *sorted(set(missing.values())))


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


def _tail(text: str, lines: int = 8) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])


def _plain(uri: str) -> str:
    """Resolve `mirror+file:` (a list of mirrors, as on cloud images) to its first mirror."""
    if not uri.startswith("mirror+file:"):
        return uri
    listed = Path(uri.removeprefix("mirror+file:"))
    lines = listed.read_text(encoding="utf-8").split("\n") if listed.is_file() else []
    return next((line.split()[0] for line in lines if line.strip() and line[0] != "#"), "")
