"""The registry's proxy knows ECR's repositories, and refuses as ECR does."""

from pathlib import Path

import pytest

from lab import haproxy, registry
from lab.emulator.repositories import Registered
from lab.settings import Settings


def test_lists_have_a_line_each() -> None:
    names, frozen = registry.known([Registered("b", ("v2", "v1")), Registered("a", ())])
    assert names == "a\nb\n"
    assert frozen == "b:v1\nb:v2\n"


def test_a_running_proxy_learns_what_changed() -> None:
    assert registry.changes("repositories", "a\nb\n", "b\nc\n") == [
        "del acl /etc/lab/registry/repositories a",
        "add acl /etc/lab/registry/repositories c",
    ]
    assert registry.changes("repositories", "a\n", "a\n") == []


def test_ecrs_answers_are_json_within_quotes() -> None:
    text = registry.proxy(Settings())
    assert '{\\"errors\\":[{\\"code\\":\\"NAME_UNKNOWN\\"' in text
    assert "registry with id '123456789012'" in text
    assert '{\\"code\\":\\"TAG_INVALID\\"' in text


def test_the_password_is_that_of_the_token() -> None:
    assert registry.password(Settings(account="111122223333")) == "111122223333-auth-token"


def test_commands_are_arguments() -> None:
    assert haproxy.telling(["a b"])[-1] == "a b"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    repository = tmp_path / "docker/registry/v2/repositories/shop/api"
    for part in ("_manifests/tags/v1", "_layers/sha256/1"):
        (repository / part).mkdir(parents=True)
        (repository / part / "link").write_text("sha256:1")
    return tmp_path


def test_images_are_forgotten_and_their_layers_kept(store: Path) -> None:
    registry.forget(store)
    left = {one.parent.parent.parent.name for one in store.rglob("link")}
    assert left == {"_layers"}


def test_all_is_forgotten_once_it_is_too_much(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "LAYERS_BYTES", 10)
    registry.forget(store)
    assert list(store.iterdir()) == []
