"""The database's password is rotated, and nobody notices."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import release_of
from tests.e2e.runs import play
from tests.e2e.watcher import watching

pytestmark = pytest.mark.lab
SECRET = "milky-way-admin-panel/qa/database"


def test_passwords_rotate_without_an_outage(site, environment, fetch, aws):
    store = aws("secretsmanager")
    before = release_of(fetch)

    def current() -> dict:
        answer = store.get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")
        return json.loads(answer["SecretString"])

    users, passwords = [current()["username"]], [current()["password"]]
    # Asks the database and the cache, over connections of a pool that is new in each container.
    with watching(fetch, "/api/release", "/api/items") as watchers:
        for _ in range(2):
            told = play(environment, "playbooks/rotate_database.yml")
            users.append(current()["username"])
            passwords.append(current()["password"])
            assert passwords[-1] not in told
    base = users[0].removesuffix("_clone")
    assert users[2] == users[0]
    assert {users[0], users[1]} == {base, f"{base}_clone"}
    assert len(set(passwords)) == 3
    assert [one.failures for one in watchers] == [[], []]
    assert watchers[1].answered > 20
    assert release_of(fetch) == before
