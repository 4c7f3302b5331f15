"""After a boot each application has its own secrets, and only those."""

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
