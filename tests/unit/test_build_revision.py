"""What a source folder's state is called."""

import subprocess

import pytest
from ansible_collections.groundwork.aws.plugins.modules import source_revision as source


def git(folder, *words):
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t.test", *words],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def app(tmp_path):
    """The folder `app` of a repository, committed."""
    git(tmp_path, "init", "--quiet")
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "server.ts").write_text("one")
    (tmp_path / ".gitignore").write_text("node_modules/\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "one")
    return folder


def test_a_committed_folder_is_named_by_its_commit(app):
    head = git(app, "rev-parse", "HEAD")
    found = source.revision(app)
    assert found == {"name": head[:8], "commit": head, "dirty": False, "origin": ""}


def test_a_commit_elsewhere_in_the_repository_is_no_new_revision(app):
    before = source.revision(app)["name"]
    (app.parent / "other").write_text("x")
    git(app.parent, "add", ".")
    git(app.parent, "commit", "--quiet", "-m", "other")
    assert source.revision(app)["name"] == before


def test_other_content_has_another_name_and_the_same_content_the_same(app):
    names = []
    for content in ("two", "three", "two"):
        (app / "server.ts").write_text(content)
        names.append(source.revision(app)["name"])
    assert names[0] == names[2] != names[1]
    assert all("-dirty-" in name for name in names)


def test_a_new_file_counts_and_an_ignored_one_does_not(app):
    clean = source.revision(app)["name"]
    (app / "node_modules").mkdir()
    (app / "node_modules" / "x.js").write_text("x")
    assert source.revision(app)["name"] == clean
    (app / "new.ts").write_text("x")
    assert "-dirty-" in source.revision(app)["name"]


def test_a_deleted_file_counts(app):
    (app / "server.ts").unlink()
    assert source.revision(app)["dirty"]


def test_outside_a_repository_the_content_is_the_name(tmp_path):
    (tmp_path / "a").write_text("x")
    first = source.revision(tmp_path)
    (tmp_path / "a").write_text("y")
    assert first["name"].startswith("content-")
    assert source.revision(tmp_path)["name"] != first["name"]


def test_the_origin_is_told_without_its_password(app):
    git(app, "remote", "add", "origin", "https://me:secret@git.test/shop.git")
    assert source.revision(app)["origin"] == "https://git.test/shop.git"
