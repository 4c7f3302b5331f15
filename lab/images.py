"""Builds the lab's images, and only those whose recipe has changed."""

import os
import shutil
import subprocess
import tempfile
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

import docker
from docker.errors import ImageNotFound

from lab import debian, recipes
from lab.engine import Engine
from lab.errors import LabError
from lab.progress import Step, step
from lab.recipes import Recipe
from lab.settings import Settings

_INPUTS = "groundwork-lab.inputs"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_CA_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
# A mirror's clock and this machine's need not agree; documentation is never read in the lab.
_APT_OPTIONS = ('Acquire::Check-Valid-Until "false"', 'Acquire::Check-Date "false"',
                'Acquire::Languages "none"')  # fmt: skip
_DPKG_OPTIONS = ("path-exclude=/usr/share/doc/*", "path-exclude=/usr/share/man/*",
                 "path-exclude=/usr/share/locale/*")  # fmt: skip
_FREE_BYTES = 6 * 1024**3


class Images:
    """The images of one engine."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._client = engine.client()
        self._machine = machine_files()
        self._bases: dict[str, tuple[str, str]] = {}

    def ensure(self, *optional: str) -> list[str]:
        """Build what is missing or out of date, two at a time. Returns the names of those built.

        Of the optional images those that are named.
        """
        waiting = [one for one in recipes.read() if not one.optional or one.name in optional]
        stale = [recipe.name for recipe in waiting if self._is_stale(recipe)]
        if not stale:
            return []
        self._check_disk()
        debian.need(mmdebstrap="mmdebstrap")
        if not _KEYRING.is_file():
            debian.install("Install Debian's archive keys", "debian-archive-keyring")
        built: list[str] = []
        running: dict[Future[bool], Recipe] = {}
        with ThreadPoolExecutor(max_workers=2) as pool:
            while waiting or running:
                busy = {recipe.name for recipe in (*waiting, *running.values())}
                for recipe in [one for one in waiting if one.base not in busy]:
                    waiting.remove(recipe)
                    running[pool.submit(self._ensure, recipe)] = recipe
                ended, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    recipe = running.pop(future)
                    if future.result():
                        built.append(recipe.name)
        self._client.images.prune({"dangling": True, "label": [_INPUTS]})
        return built

    def listed(self) -> list[tuple[str, int]]:
        """List the images that are there, with their size in bytes."""
        found = []
        for recipe in recipes.read():
            try:
                found.append((recipe.name, self._client.images.get(recipe.name).attrs["Size"]))
            except ImageNotFound:
                if not recipe.optional:
                    found.append((recipe.name, 0))
        return found

    def _is_stale(self, recipe: Recipe) -> bool:
        if recipe.suite:
            base_fresh = self._label(recipe.rootfs if recipe.dockerfile else recipe.name)
            if base_fresh != self._rootfs_inputs(recipe):
                return True
            base = recipe.rootfs
        else:
            base = recipe.base
        return recipe.dockerfile and self._label(recipe.name) != self._build_inputs(recipe, base)

    def _ensure(self, recipe: Recipe) -> bool:
        built = False
        base = recipe.base
        if recipe.suite:
            base = recipe.rootfs if recipe.dockerfile else recipe.name
            if self._label(base) != self._rootfs_inputs(recipe):
                with step(f"Make Debian {recipe.suite} for {recipe.name}") as running:
                    self._bootstrap(recipe, base, running)
                built = True
        if recipe.dockerfile and self._label(recipe.name) != self._build_inputs(recipe, base):
            with step(f"Build {recipe.name}"):
                self._build(recipe, base)
            built = True
        return built

    def _label(self, name: str) -> str:
        try:
            return self._client.images.get(name).labels.get(_INPUTS, "")
        except ImageNotFound:
            return ""

    def _rootfs_inputs(self, recipe: Recipe) -> str:
        return recipes.rootfs_inputs(recipe, debian.mirror().lines(recipe.suite))

    def _build_inputs(self, recipe: Recipe, base: str) -> str:
        try:
            identity = self._client.images.get(base).id
        except ImageNotFound:
            return "base is missing"
        return recipes.build_inputs(recipe, identity, self._machine)

    def _bootstrap(self, recipe: Recipe, name: str, running: Step) -> None:
        command = [
            "mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(recipe.packages)}",
            f"--keyring={_KEYRING}",
            *(f"--aptopt={option}" for option in (*_APT_OPTIONS, *debian.proxies())),
            *(f"--dpkgopt={option}" for option in _DPKG_OPTIONS),
            recipe.suite, "-", *debian.mirror().lines(recipe.suite),
        ]  # fmt: skip
        label = f"LABEL {_INPUTS}={self._rootfs_inputs(recipe)}"
        environment = os.environ | self._engine.environment()
        with tempfile.TemporaryFile() as errors:
            maker = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
            )
            taker = subprocess.run(
                ["docker", "import", "--change", label, "-", name],
                env=environment, stdin=maker.stdout, capture_output=True, text=True,
            )  # fmt: skip
            maker.stdout.close()
            failed = maker.wait()
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip().splitlines()[-8:]
        if failed or taker.returncode:
            self._remove(name)  # what was imported of a broken stream
            text = "\n".join(f"    {line}" for line in (*said, taker.stderr.strip()) if line)
            raise LabError(
                f"Debian {recipe.suite} could not be made for {recipe.name}:\n{text}",
                "check this machine's apt sources (apt-get update), then: make lab-up",
            )

    def _build(self, recipe: Recipe, base: str) -> None:
        inputs = self._build_inputs(recipe, base)
        with tempfile.TemporaryDirectory(prefix="groundwork-lab-") as folder:
            context = Path(folder)
            for path in recipes.context_files(recipe.folder):
                target = context / path.relative_to(recipe.folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
            (context / "machine").mkdir(exist_ok=True)
            for name, content in self._machine.items():
                (context / "machine" / name).write_bytes(content)
            self._engine.run(
                "build", "--quiet", "--tag", recipe.name, "--build-arg", f"BASE={base}",
                "--label", f"{_INPUTS}={inputs}", str(context), title=f"building {recipe.name}",
            )  # fmt: skip

    def _remove(self, name: str) -> None:
        try:
            self._client.images.remove(name, force=True)
        except ImageNotFound:
            return

    def _check_disk(self) -> None:
        folder = Path(self._client.info()["DockerRootDir"])
        free = shutil.disk_usage(folder if folder.is_dir() else "/").free
        if free < _FREE_BYTES:
            raise LabError(
                f"too little disk: {free / 1024**3:.1f} GiB free at {folder}, "
                f"the lab's images need {_FREE_BYTES / 1024**3:.0f} GiB",
                "free some, or put the lab elsewhere: LAB_CACHE=/a/larger/disk make lab-up",
            )


def remove_all(client: docker.DockerClient) -> int:
    """Remove every image that the lab has built. Returns how many."""
    found = client.images.list(filters={"label": _INPUTS})
    for image in found:
        client.images.remove(image.id, force=True)
    return len(found)


def machine_files() -> dict[str, bytes]:
    """Read what a build needs to know of this machine: its CA bundle, its npm configuration."""
    bundle = next((Path(path) for path in _CA_BUNDLES if Path(path).is_file()), None)
    npmrc = Path.home() / ".npmrc"
    return {
        "ca.crt": bundle.read_bytes() if bundle else b"",
        "npmrc": npmrc.read_bytes() if npmrc.is_file() else b"",
    }
