"""After a boot each application has its own secrets, and only those; a rotation is seen."""

import json
import time

import pytest

EXPECTED = {
    "shop-qa": ("JWT_SECRET", "canary-jwt-7f3a", 1000),
    "blog-qa": ("PASSWORD", "canary p@ss/word{}", 2000),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_has_its_own(host, name):
    secret, value, owner = EXPECTED[name]
    folder = f"/run/groundwork/secrets/{name}"
    assert host.file(folder).listdir() == [secret]
    file = host.file(f"{folder}/{secret}")
    assert file.content_string == value
    assert (file.mode, file.uid, file.gid) == (0o400, owner, owner)


def test_a_rotation_is_seen_and_left_to_be_rolled(host):
    told = host.file("/run/groundwork/secrets/shop-qa.rotated.json")
    until = time.monotonic() + 20
    while not told.exists:
        assert time.monotonic() < until
        time.sleep(0.5)
    assert json.loads(told.content_string) == ["JWT_SECRET"]
    assert not host.file("/run/groundwork/secrets/blog-qa.rotated.json").exists
    journal = host.check_output(
        "journalctl --unit groundwork-secrets-watch --output cat --no-pager"
    )
    assert "shop-qa: JWT_SECRET was rotated: playbooks/refresh.yml" in journal
    assert "canary" not in journal
