"""Packed modules from run to run: only while nothing changed that they were made from."""

import os
from pathlib import Path

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_payloads import Payloads

from tests.unit.warm import payload

NAME = "ansible_collections.a.b.plugins.modules.one"
PACKED = f"{NAME}-ZIP_DEFLATED-none"
UTILITY = "ansible_collections/a/b/plugins/module_utils/shared.py"
MODULE = "ansible_collections/a/b/plugins/modules/one.py"
FILES = {UTILITY: "x = 1", MODULE: "y = 1", "ansible_collections/a/b/__init__.py": ""}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Sources on disk, and a run in which Ansible packed them."""
    for path, text in FILES.items():
        for root in ("root",) if text else ():
            file = tmp_path / root / path
            file.parent.mkdir(parents=True)
            file.write_text(text)
    (tmp_path / "ansible").mkdir()
    packed = tmp_path / "first" / "ansiballz_cache" / PACKED
    packed.parent.mkdir(parents=True)
    packed.write_bytes(b"pickled " + body())
    return tmp_path


def body(files: dict[str, str] = FILES) -> bytes:
    return payload(f"call = dict(\nmodule_fqn='{NAME}',\n)", files)


def payloads(project: Path, run: str, *versions: str) -> Payloads:
    roots = [str(project / "earlier"), str(project / "root")]
    return Payloads(
        str(project / "home"), str(project / run), str(project / "ansible"), roots, list(versions)
    )


def test_what_is_unchanged_is_laid_into_the_next_run(project):
    assert payloads(project, "first").keep(body())
    assert payloads(project, "next").lay_out() == 1
    kept = project / "next" / "ansiballz_cache" / PACKED
    assert kept.read_bytes() == b"pickled " + body()
    assert not payloads(project, "first").keep(body()), "kept once is enough"


def change_utility(project: Path) -> None:
    (project / "root" / UTILITY).write_text("x = 2")


def change_nothing_but_the_time(project: Path) -> None:
    os.utime(project / "root" / MODULE, (1, 1))


def add_a_file_beside(project: Path) -> None:
    (project / "root" / UTILITY).with_name("new.py").write_text("")


def remove_the_module(project: Path) -> None:
    (project / "root" / MODULE).unlink()


def install_in_an_earlier_place(project: Path) -> None:
    (project / "earlier" / "ansible_collections" / "a" / "b").mkdir(parents=True)


def redirect(project: Path) -> None:
    meta = project / "root" / "ansible_collections" / "a" / "b" / "meta"
    meta.mkdir()
    (meta / "runtime.yml").write_text("plugin_routing: {}")


def damage(project: Path) -> None:
    next((project / "home" / "warm").glob(f"*/{PACKED}")).write_bytes(b"rubbish")


def open_to_others(project: Path) -> None:
    (project / "home" / "warm").chmod(0o770)


@pytest.mark.parametrize(
    "change",
    [
        change_utility,
        change_nothing_but_the_time,
        add_a_file_beside,
        remove_the_module,
        install_in_an_earlier_place,
        redirect,
        damage,
        open_to_others,
    ],
)
def test_a_change_has_the_module_packed_again(project, change):
    assert payloads(project, "first").keep(body())
    change(project)
    assert payloads(project, "next").lay_out() == 0
    assert not (project / "next" / "ansiballz_cache" / PACKED).exists()


def test_other_versions_have_their_own(project):
    assert payloads(project, "first", "2.21.5").keep(body())
    assert payloads(project, "next", "2.21.6").lay_out() == 0
    assert payloads(project, "next", "2.21.5").lay_out() == 1


@pytest.mark.parametrize(
    "files",
    [
        {**FILES, UTILITY: "x = 3"},  # packed from another place
        {**FILES, "ansible/module_utils/nowhere.py": "z = 1"},
    ],
)
def test_what_was_packed_from_elsewhere_is_not_kept(project, files):
    packed = project / "first" / "ansiballz_cache" / PACKED
    packed.write_bytes(body(files))
    assert not payloads(project, "first").keep(body(files))


def test_another_zip_than_the_compared_one_is_not_kept(project):
    (project / "first" / "ansiballz_cache" / PACKED).write_bytes(b"another zip")
    assert not payloads(project, "first").keep(body())


def test_the_store_is_private_and_holds_no_arguments(project):
    secret = body() + b"# canary-3305"
    assert payloads(project, "first").keep(secret)
    store = project / "home" / "warm"
    assert store.stat().st_mode & 0o777 == 0o700
    files = [path for path in store.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert not any(b"canary-3305" in path.read_bytes() for path in files)


def test_versions_nobody_used_for_a_month_are_removed(project):
    old = project / "home" / "warm" / "old"
    old.mkdir(parents=True, mode=0o700)
    old.parent.chmod(0o700)
    os.utime(old, (1, 1))
    assert payloads(project, "first").keep(body())
    assert not old.exists()
