"""The files are there after a boot, in memory only, and nothing else of the host holds a value."""

import base64
import json

FOLDER = "/run/groundwork/secrets/shop-qa"
ENCODED = "canary%20p%40ss%2Fword%7B%7D"
VALUES = {
    "JWT_SECRET": "canary-jwt-rotated",
    "DATABASE_PASSWORD": "canary p@ss/word{}",
    "DATABASE_URL": f"postgresql://shop:{ENCODED}@db.shop.test:5432/shop",
}


def test_unit_ran_at_boot(host):
    unit = host.service("groundwork-secrets")
    assert unit.is_enabled
    assert unit.is_running


def test_files_hold_the_current_versions(host):
    for name, value in VALUES.items():
        assert host.file(f"{FOLDER}/{name}").content_string == value


def test_only_the_application_may_read(host):
    for name in VALUES:
        secret = host.file(f"{FOLDER}/{name}")
        assert (secret.mode, secret.uid, secret.gid) == (0o400, 1000, 1000)
    folder = host.file(FOLDER)
    assert (folder.mode, folder.user) == (0o700, "root")


def test_files_are_in_memory_that_is_never_swapped(host):
    mount = host.mount_point("/run/groundwork/secrets")
    assert mount.filesystem == "tmpfs"
    assert {"noexec", "nosuid", "nodev", "noswap"} <= set(mount.options)


def test_versions_are_recorded_without_values(host):
    versions = json.loads(host.file(f"{FOLDER}.versions.json").content_string)
    assert set(versions) == set(VALUES)
    assert versions["JWT_SECRET"]["secret_id"] == "shop/qa/jwt"
    assert len(versions["JWT_SECRET"]["version_id"]) >= 32
    assert versions["DATABASE_URL"]["version_id"] == versions["DATABASE_PASSWORD"]["version_id"]
    assert "canary" not in json.dumps(versions)


def test_missing_secret_was_named_with_what_to_do(host):
    said = host.file("/root/missing-secret.txt").content_string
    assert "OAUTH_CLIENT_SECRET: secret shop/qa/oauth does not exist" in said
    assert "playbooks/provision.yml" in said


def test_no_value_is_anywhere_else(host):
    # Encoded: sudo writes every command into the journal that is searched here.
    needles = base64.b64encode("\n".join(("canary-jwt", "canary p@ss", ENCODED)).encode()).decode()
    found = host.run(
        f"echo {needles} | base64 -d >/run/needles; "
        "grep --recursive --text --files-with-matches --devices=skip --file /run/needles "
        "/etc /opt /usr/local /var /root /home /tmp; "
        "journalctl --no-pager --output cat | grep --file /run/needles"
    )
    assert found.stdout == ""
