"""Images are built in the order of their bases, and again only when an input changes."""

from pathlib import Path

import pytest

from lab import recipes
from lab.errors import LabError
from lab.recipes import Recipe


def make(folder: Path, text: str, **files: str) -> Recipe:
    folder.mkdir(parents=True)
    (folder / "image.toml").write_text(text)
    for name, content in files.items():
        (folder / name).write_text(content)
    return recipes.read(folder.parent)[-1]


def test_the_labs_own_recipes_are_sound() -> None:
    found = recipes.read()
    names = [recipe.name for recipe in found]
    assert {"groundwork-lab/host:13", "groundwork-lab/services:12"} <= set(names)
    for recipe in found:
        assert not recipe.base or names.index(recipe.base) < names.index(recipe.name)


def test_an_image_comes_after_its_base(tmp_path: Path) -> None:
    make(tmp_path / "a", 'name = "top"\nfrom = "middle"')
    make(tmp_path / "b", 'name = "bottom"\nsuite = "trixie"')
    make(tmp_path / "c", 'name = "middle"\nfrom = "bottom"')
    assert [recipe.name for recipe in recipes.read(tmp_path)] == ["bottom", "middle", "top"]


def test_a_circle_and_a_recipe_of_neither_kind_are_errors(tmp_path: Path) -> None:
    make(tmp_path / "one" / "x", 'name = "x"\nsuite = "trixie"')
    with pytest.raises(LabError, match="either"):
        make(tmp_path / "two" / "x", 'name = "x"')
    circle = [Recipe("a", tmp_path, base="b"), Recipe("b", tmp_path, base="a")]
    with pytest.raises(LabError, match="a, b"):
        recipes.ordered(circle)


def test_inputs_change_with_every_input_and_with_nothing_else(tmp_path: Path) -> None:
    recipe = make(tmp_path / "x", 'name = "x"\nsuite = "trixie"', Dockerfile="FROM x", run="echo")
    machine = {"ca.crt": b"A"}
    before = recipes.build_inputs(recipe, "sha256:base", machine)
    (recipe.folder / "run").touch()
    assert recipes.build_inputs(recipe, "sha256:base", machine) == before, "only the time changed"
    assert recipes.build_inputs(recipe, "sha256:other", machine) != before
    assert recipes.build_inputs(recipe, "sha256:base", {"ca.crt": b"B"}) != before
    (recipe.folder / "run").chmod(0o755)
    executable = recipes.build_inputs(recipe, "sha256:base", machine)
    assert executable != before
    (recipe.folder / "run").write_text("echo more")
    assert recipes.build_inputs(recipe, "sha256:base", machine) != executable


def test_a_rootfs_follows_packages_and_mirrors_not_their_order(tmp_path: Path) -> None:
    one = Recipe("x", tmp_path, "trixie", ("a", "b"))
    same = Recipe("x", tmp_path, "trixie", ("b", "a"))
    more = Recipe("x", tmp_path, "trixie", ("a", "b", "c"))
    inputs = recipes.rootfs_inputs(one, ["deb x"])
    assert recipes.rootfs_inputs(same, ["deb x"]) == inputs
    assert recipes.rootfs_inputs(more, ["deb x"]) != inputs
    assert recipes.rootfs_inputs(one, ["deb y"]) != inputs
