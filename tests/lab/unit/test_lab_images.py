"""Images are built once, bases first, and a failed build is told."""

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from docker.errors import ImageNotFound

from lab import debian, images, recipes
from lab.errors import LabError
from lab.images import Images
from lab.recipes import Recipe
from lab.settings import Settings


class Store:
    """Stands for the engine's images: names with labels."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}
        self.images = self

    def get(self, name: str) -> SimpleNamespace:
        if name not in self.labels:
            raise ImageNotFound(name)
        label = self.labels[name]
        return SimpleNamespace(id=f"sha256:{name}:{label}", labels={"groundwork-lab.inputs": label})

    def prune(self, filters: dict) -> None:
        pass


class Built(Images):
    """Builds in no time, and remembers the order."""

    def __init__(self, settings: Settings) -> None:
        self.store = Store()
        self.order: list[str] = []
        self.fail = ""
        self._lock = threading.Lock()
        super().__init__(SimpleNamespace(client=lambda: self.store), settings)

    def _made(self, name: str, label: str) -> None:
        if name == self.fail:
            raise LabError(f"building {name} failed")
        with self._lock:
            self.order.append(name)
            self.store.labels[name] = label

    def _bootstrap(self, recipe: Recipe, name: str, running: object) -> None:
        self._made(name, self._rootfs_inputs(recipe))

    def _build(self, recipe: Recipe, base: str) -> None:
        self._made(recipe.name, self._build_inputs(recipe, base))

    def _check_disk(self) -> None:
        pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "a-app": 'name = "app"\nfrom = "node"',
        "b-node": 'name = "node"\nsuite = "trixie"\npackages = ["nodejs"]',
        "c-bare": 'name = "bare"\nsuite = "bookworm"',
    }.items():
        made = tmp_path / "images" / name
        made.mkdir(parents=True)
        (made / "image.toml").write_text(text)
        if name != "c-bare":
            (made / "Dockerfile").write_text("ARG BASE\nFROM ${BASE}\n")
    return tmp_path / "images"


@pytest.fixture
def built(settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    read = recipes.read
    monkeypatch.setattr(images.recipes, "read", lambda: read(folder))
    monkeypatch.setattr(debian, "need", lambda **tools: None)
    monkeypatch.setattr(debian, "install", lambda *packages: None)
    monkeypatch.setattr(debian, "mirror", lambda: debian.Mirror("https://mirror.example/debian"))
    return Built(settings)


def test_bases_first_and_everything_once(built: Built) -> None:
    assert set(built.ensure()) == {"app", "node", "bare"}
    order = built.order
    assert sorted(order) == ["app", "bare", "groundwork-lab/rootfs-b-node:latest", "node"]
    assert order.index("groundwork-lab/rootfs-b-node:latest") < order.index("node")
    assert order.index("node") < order.index("app")
    assert built.ensure() == []
    assert built.order == order


def test_a_changed_file_rebuilds_its_image_and_those_on_top(built: Built, folder: Path) -> None:
    built.ensure()
    built.order.clear()
    (folder / "b-node" / "Dockerfile").write_text("ARG BASE\nFROM ${BASE}\nRUN true\n")
    built.ensure()
    assert built.order == ["node", "app"]


def test_a_changed_package_list_rebuilds_from_the_ground(built: Built, folder: Path) -> None:
    built.ensure()
    built.order.clear()
    recipe = folder / "b-node" / "image.toml"
    recipe.write_text(recipe.read_text().replace('["nodejs"]', '["nodejs", "tini"]'))
    built.ensure()
    assert built.order == ["groundwork-lab/rootfs-b-node:latest", "node", "app"]


def test_a_failed_build_is_told_and_what_stands_on_it_is_not_tried(built: Built) -> None:
    built.fail = "node"
    with pytest.raises(LabError, match="building node failed"):
        built.ensure()
    assert "app" not in built.order
    built.fail = ""
    built.ensure()
    assert built.order[-1] == "app"


def test_an_optional_image_is_built_where_it_is_asked_for(built: Built, folder: Path) -> None:
    other = folder / "d-older"
    other.mkdir()
    recipe = 'name = "older"\nsuite = "bookworm"\ncontext = "../b-node"\noptional = true\n'
    (other / "image.toml").write_text(recipe)
    built.ensure()
    assert "older" not in built.order
    built.order.clear()
    assert built.ensure("older") == ["older"]
    assert built.order == ["groundwork-lab/rootfs-d-older:latest", "older"]
