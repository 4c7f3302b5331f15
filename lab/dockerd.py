"""The lab's own Docker engine, for machines that have none: Debian's packages, not installed."""

import contextlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

from lab import debian, firewall, processes
from lab.errors import LabError
from lab.progress import step
from lab.settings import Settings

PACKAGES = ("docker.io", "docker-cli", "containerd", "docker-compose", "docker-buildx", "tini")
SUITE = "trixie"
# trixie's runc wants this C library; on an older machine bookworm's runc does as well.
RUNC_LIBC = (2, 38)


class Dockerd:
    """A dockerd with its files in the cache, its socket and state in the lab's home."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._root = settings.cache / "engine"
        self._run = settings.home / "engine"
        self._pidfile = self._run / "dockerd.pid"
        self.socket = settings.home / "docker.sock"

    @property
    def path(self) -> str:
        """The folders with the engine's programs, for PATH."""
        return f"{self._root}/usr/bin:{self._root}/usr/sbin"

    @property
    def plugins(self) -> Path:
        """The folder with the client's plugins (compose, buildx)."""
        return self._root / "usr/libexec/docker/cli-plugins"

    @property
    def fetched(self) -> bool:
        """Whether the engine's files are there."""
        return (self._root / "complete").is_file()

    @property
    def pid(self) -> int | None:
        """The engine's process, None when it does not run."""
        return processes.read_pid(self._pidfile, str(self._pidfile))

    def fetch(self) -> None:
        """Download and unpack the engine. Nothing happens when it is there."""
        if self.fetched:
            return
        mirror = debian.mirror()
        with step("Fetch Docker's engine from Debian") as running:
            shutil.rmtree(self._root, ignore_errors=True)
            for suite, packages in self._packages().items():
                running.detail = f"{', '.join(packages)} ({suite})"
                self._unpack(mirror.lines(suite)[0], suite, packages)
            (self._root / "complete").touch()

    def start(self) -> None:
        """Start the engine and return at once; `wait` tells when it answers."""
        if self.pid:
            return
        debian.need(iptables="iptables", ip="iproute2")
        self._run.mkdir(parents=True, exist_ok=True)
        self._forget_last_boot()
        self._pidfile.unlink(missing_ok=True)  # of a killed engine, which may still be ending
        firewall.remember(self._run / "firewall.json")
        self._make_bridge()
        (self._run / "daemon.json").write_text("{}", encoding="ascii")
        self._settings.engine_log.parent.mkdir(parents=True, exist_ok=True)
        command = [
            f"{self._root}/usr/sbin/dockerd", "--host", f"unix://{self.socket}",
            "--data-root", f"{self._settings.cache}/docker", "--exec-root", f"{self._run}/run",
            "--pidfile", str(self._pidfile), "--config-file", f"{self._run}/daemon.json",
            "--bridge", self._settings.build_bridge, "--mtu", str(default_mtu()),
            "--userland-proxy=false", "--group", "root", "--log-level", "warn",
        ]  # fmt: skip
        with self._settings.engine_log.open("ab") as log:
            subprocess.Popen(
                command,
                env=os.environ | {"PATH": f"{self.path}:{os.environ['PATH']}"},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/",
            )  # fmt: skip

    def stop(self) -> None:
        """Stop the engine, also what a killed one left behind; its images stay in the cache."""
        if pid := self.pid:
            processes.stop(pid, grace=40)
        # A killed dockerd leaves containerd and the shims that hold its containers.
        for pid in processes.find(f"{self._run}/run/containerd/"):
            for child in processes.children(pid):
                processes.stop(child, grace=0.2)
            processes.stop(pid, grace=3)
        unmount_below(self._run)
        unmount_below(self._settings.cache / "docker")
        bridges = (self._settings.bridge, self._settings.build_bridge)
        firewall.restore(self._run / "firewall.json", bridges)
        for bridge in bridges:
            _ip("link", "delete", bridge, check=False)
        shutil.rmtree(self._run, ignore_errors=True)
        self.socket.unlink(missing_ok=True)

    def wipe(self) -> None:
        """Remove all that a stopped engine has kept, images too: the way out of a broken one."""
        unmount_below(self._settings.cache / "docker")
        shutil.rmtree(self._settings.cache / "docker", ignore_errors=True)

    def explain(self) -> LabError:
        """Make the error for an engine that does not come up."""
        return LabError(
            f"Docker's engine did not start; {self._settings.engine_log} ends with\n"
            f"{processes.tail(self._settings.engine_log, 3)}",
            "remove the cause and try again, or start afresh: make lab-down lab-up",
        )

    def _packages(self) -> dict[str, tuple[str, ...]]:
        _, version = platform.libc_ver()
        libc = tuple(int(part) for part in version.split(".")[:2]) if version else (0, 0)
        if libc >= RUNC_LIBC:
            return {SUITE: (*PACKAGES, "runc")}
        return {SUITE: PACKAGES, "bookworm": ("runc",)}

    def _unpack(self, source: str, suite: str, packages: tuple[str, ...]) -> None:
        apt = self._settings.cache / "apt" / suite
        for folder in ("lists/partial", "cache/archives/partial", "debs"):
            (apt / folder).mkdir(parents=True, exist_ok=True)
        keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
        if not keyring.is_file():
            debian.install("Install Debian's archive keys", "debian-archive-keyring")
        source = source.replace("deb ", f"deb [signed-by={keyring}] ", 1)
        (apt / "sources.list").write_text(f"{source}\n", encoding="ascii")
        options = {
            "Dir::Etc::sourcelist": f"{apt}/sources.list", "Dir::Etc::sourceparts": "-",
            "Dir::State::lists": f"{apt}/lists", "Dir::Cache": f"{apt}/cache",
            "APT::Sandbox::User": "root", "APT::Get::List-Cleanup": "false",
        }  # fmt: skip
        apt_get = ["apt-get", "-q", *[f"-o{name}={value}" for name, value in options.items()]]
        self._run_apt([*apt_get, "update"], apt)
        self._run_apt([*apt_get, "download", *packages], apt / "debs")
        for deb in sorted((apt / "debs").glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", deb, self._root], check=True, capture_output=True)
        shutil.rmtree(apt, ignore_errors=True)

    @staticmethod
    def _run_apt(command: list[str], folder: Path) -> None:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise LabError(
                f"Docker's engine could not be fetched from Debian:\n{done.stderr.strip()}",
                "check this machine's apt sources and network, or install Docker 24 or newer",
            )

    def _forget_last_boot(self) -> None:
        """Remove the state of an engine that a reboot of the machine ended."""
        note = self._run / "boot"
        now = processes.boot_id()
        if not note.is_file() or note.read_text(encoding="ascii") != now:
            unmount_below(self._run)
            shutil.rmtree(self._run / "run", ignore_errors=True)
            note.write_text(now, encoding="ascii")

    def _make_bridge(self) -> None:
        bridge = self._settings.build_bridge
        if not Path(f"/sys/class/net/{bridge}").exists():
            _ip("link", "add", bridge, "type", "bridge")
            _ip("address", "add", self._settings.build_gateway, "dev", bridge)
        _ip("link", "set", bridge, "mtu", str(default_mtu()), "up")


def default_mtu() -> int:
    """Tell the MTU of the device that the machine's default route takes, 1500 without one."""
    for line in Path("/proc/net/route").read_text(encoding="ascii").splitlines()[1:]:
        device, destination, *_ = line.split()
        if destination == "00000000":
            return int(Path(f"/sys/class/net/{device}/mtu").read_text(encoding="ascii"))
    return 1500


def unmount_below(folder: Path) -> None:
    """Unmount everything at or below a folder, the deepest first."""
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted(mounts, reverse=True):
        if mount == str(folder) or mount.startswith(f"{folder}/"):
            with contextlib.suppress(subprocess.CalledProcessError):
                subprocess.run(["umount", "-l", mount], check=True, capture_output=True)


def _ip(*arguments: str, check: bool = True) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if check and done.returncode:
        raise LabError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
