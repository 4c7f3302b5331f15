"""What an image of the lab is made from: a folder with `image.toml`, and perhaps a Dockerfile."""

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError

FOLDER = Path(__file__).with_name("images")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One image, made of a Debian root file system (`suite`, `packages`) or of the image `base`.

    `folder` is the build's context when it holds a Dockerfile, which takes its base by `ARG BASE`.
    An optional one is built where it is asked for by its name.
    """

    name: str
    folder: Path
    suite: str = ""
    packages: tuple[str, ...] = ()
    base: str = ""
    key: str = ""
    optional: bool = False

    @property
    def rootfs(self) -> str:
        """The name of the bare root file system, without what the Dockerfile adds."""
        return f"groundwork-lab/rootfs-{self.key or self.folder.name}:latest"

    @property
    def dockerfile(self) -> bool:
        """Whether anything is built on top."""
        return (self.folder / "Dockerfile").is_file()


def read(folder: Path = FOLDER) -> list[Recipe]:
    """Read all recipes below a folder, each after the one it is based on."""
    return ordered(_recipe(path) for path in sorted(folder.glob("*/image.toml")))


def ordered(recipes: Iterable[Recipe]) -> list[Recipe]:
    """Sort recipes so that each comes after its base. Raises LabError for one that cannot."""
    waiting = {recipe.name: recipe for recipe in recipes}
    done: list[Recipe] = []
    while waiting:
        ready = [recipe for recipe in waiting.values() if recipe.base not in waiting]
        if not ready:
            raise LabError(f"images based on each other: {', '.join(sorted(waiting))}")
        for recipe in ready:
            done.append(waiting.pop(recipe.name))
    return done


def rootfs_inputs(recipe: Recipe, sources: Iterable[str]) -> str:
    """Hash what a root file system is made from: release, packages, mirrors."""
    return _digest(recipe.suite, *sorted(recipe.packages), *sources)


def build_inputs(recipe: Recipe, base: str, machine: dict[str, bytes]) -> str:
    """Hash what a build is made from: the base's id, the context's files, the machine's files."""
    parts = [base, *(f"{name}:{_digest(content)}" for name, content in sorted(machine.items()))]
    for path in context_files(recipe.folder):
        mode = path.stat().st_mode & 0o111
        parts.append(f"{path.relative_to(recipe.folder)}:{mode}:{_digest(path.read_bytes())}")
    return _digest(*parts)


def context_files(folder: Path) -> list[Path]:
    """List the files of a build's context."""
    skip = {"__pycache__", "node_modules"}
    return [
        path for path in sorted(folder.rglob("*"))
        if path.is_file() and not skip & set(path.relative_to(folder).parts[:-1])
    ]  # fmt: skip


def _recipe(path: Path) -> Recipe:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        recipe = Recipe(
            name=table["name"],
            folder=(path.parent / table.get("context", ".")).resolve(),
            suite=table.get("suite", ""),
            packages=tuple(table.get("packages", ())),
            base=table.get("from", ""),
            key=path.parent.name,
            optional=table.get("optional", False),
        )
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise LabError(f"{path}: {error}", "an image has a name, and a suite or a from") from None
    if bool(recipe.suite) == bool(recipe.base):
        raise LabError(f"{path}: an image has either a suite or a from")
    return recipe


def _digest(*parts: str | bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        whole.update(len(content).to_bytes(8) + content)
    return whole.hexdigest()[:20]
