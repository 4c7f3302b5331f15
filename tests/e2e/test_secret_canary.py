"""No secret of the environment is in a container, on a disk, in a log or in an argument.

A known value is planted and deployed at the highest verbosity; then that value and all the others
are looked for in the run's own output and on every app host. Needs the lab with a deployed
environment; `environment` (variables of the lab) and `inventory` come from conftest.py.
"""

import json
import secrets
import subprocess

import pytest

from tests.e2e import canary
from tests.e2e.hosts import as_root
from tests.e2e.runs import BIN, ROOT

pytestmark = pytest.mark.lab


def values_in(text: str) -> list[str]:
    """The values of a secret as stored: all fields of a JSON object, or the text itself."""
    try:
        fields = json.loads(text)
    except ValueError:
        return [text]
    return [str(value) for value in fields.values()] if isinstance(fields, dict) else [text]


def is_secret(value: str) -> bool:
    """User names and the like are no secrets: they stand in the inventory for all to read."""
    return len(value) >= 16


@pytest.fixture(scope="module")
def store(aws):
    """Secrets Manager of the lab."""
    return aws("secretsmanager")


@pytest.fixture(scope="module")
def serving(aws):
    """The release that serves: the source may have changed since it was built."""
    s3 = aws("s3")
    bucket = {"Bucket": "milky-way-admin-panel-qa-state-123456789012"}
    keys = [one["Key"] for one in s3.list_objects_v2(**bucket, Prefix="releases/")["Contents"]]
    records = [json.load(s3.get_object(**bucket, Key=key)["Body"]) for key in keys]
    good = [record for record in records if record["verdict"] == "good"]
    return max(good, key=lambda record: record["when"])["release"]


@pytest.fixture(scope="module")
def planted(store, serving, environment, inventory):
    """A deploy at -vvv after a value was planted: its output, and every secret value there is."""
    planted = f"canary-{secrets.token_hex(16)}"
    prefix = "milky-way-admin-panel/qa/"
    fields = {"client_id": f"id-{secrets.token_hex(16)}", "client_secret": planted}
    store.put_secret_value(SecretId=f"{prefix}oauth", SecretString=json.dumps(fields))
    done = subprocess.run(
        [BIN / "ansible-playbook", "-i", inventory, "playbooks/deploy.yml", "-vvv",
         "-e", f"release={serving}"],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-4000:]
    names = [one["Name"] for one in store.list_secrets()["SecretList"]]
    stored = [
        store.get_secret_value(SecretId=name)["SecretString"]
        for name in names
        if name.startswith(prefix)
    ]
    values = [value for text in stored for value in values_in(text) if is_secret(value)]
    assert planted in values
    return output, values


def test_output_of_the_run_holds_no_value(planted):
    output, values = planted
    assert canary.search_text(output, values) == []


def test_hosts_hold_no_value_outside_of_memory(planted, hosts):
    _, values = planted
    found = {name: canary.search_host(login, values) for name, login in hosts.items()}
    assert found == {name: [] for name in hosts}


def test_search_would_find_a_value(planted, hosts):
    _, values = planted
    name, login = next(iter(hosts.items()))
    plant = f"umask 077; cat >/var/tmp/planted <<'END'\n{values[0]}\nEND\n"
    try:
        as_root(login, plant)
        assert canary.search_host(login, values[:1]) == ["/var/tmp/planted"], name
    finally:
        as_root(login, "rm -f /var/tmp/planted")


def test_containers_got_the_planted_value(planted, hosts):
    _, values = planted
    canary_value = next(value for value in values if value.startswith("canary-"))
    for login in hosts.values():
        script = (
            "for c in $(docker ps -q --filter label=com.docker.compose.service=api); do "
            "docker exec $c cat /run/secrets/OAUTH_CLIENT_SECRET; done"
        )
        assert as_root(login, script) == canary_value
