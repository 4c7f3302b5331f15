"""A run passes over what is as an earlier run found it, and over nothing else (docs/traces.md)."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from ansible_collections.groundwork.aws.plugins.module_utils.api_calls import READS
from ansible_collections.groundwork.aws.plugins.modules.answers_info import answers
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces import asking, store
from drifts import drift

pytestmark = pytest.mark.slow
FACTS = {
    "project": "milky-way-admin-panel",
    "environment": "qa",
    "account": "123456789012",
    "region": "us-east-1",
}


@pytest.fixture(scope="module")
def account(life):
    """qa's, after its first runs."""
    return life("qa").account


@pytest.fixture(scope="module")
def path(account) -> Path:
    """The traces of this account."""
    home = Path(account.environment["ANSIBLE_HOME"])
    return home / "groundwork" / "traces" / store.place({**FACTS, "endpoint": account.url}).name


@pytest.fixture(scope="module")
def runs(life, account):
    """A run that found nothing to do, one after it, and plans."""
    provision = partial(account.succeed, "provision", "qa")
    found = {"long": life("qa").runs["apply again"], "short": provision()}
    found["plan"] = provision("--check")
    found["through"] = provision("--check", "-e", "traces=false")
    return found


def test_a_run_that_found_nothing_to_do_leaves_a_trace_of_each_component(runs, path):
    assert set(store.read(path)) == set(runs["long"].plan["components"]) - {"environment"}
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_no_trace_holds_a_secret(runs, path, account):
    text = path.read_text()
    store_of = account.client("secretsmanager")
    names = [one["Name"] for one in store_of.list_secrets()["SecretList"]]
    for name in names:
        value = store_of.get_secret_value(SecretId=name)["SecretString"]
        words = json.loads(value).values() if value.startswith("{") else [value]
        assert not [word for word in map(str, words) if len(word) > 8 and word in text]


def test_a_run_that_passes_over_everything_says_the_same(runs):
    long, short = runs["long"].plan, runs["short"].plan
    for part in ("components", "totals", "hosts"):
        assert short[part] == long[part]
    assert set(long["seen"]) <= set(short["seen"])
    assert "Converge the component" not in runs["short"].output
    assert runs["short"].mutating == []


def test_it_asks_less(runs):
    assert len(runs["short"].calls) < len(runs["long"].calls) * 0.7


def test_what_another_run_may_have_changed_meanwhile_is_asked_again(runs, path, account):
    epoch = path.with_suffix(".epoch")
    epoch.write_text(str(int(epoch.read_text()) - 1))
    again = account.succeed("provision", "qa")
    assert "Converge the component" not in again.output
    questions = asking.questions(one[0] for one in store.read(path).values())
    assert len(again.calls) > len(runs["short"].calls) + len(questions) * 0.9


def test_a_plan_takes_a_runs_trace_and_can_do_without(runs):
    assert "Converge the component" not in runs["plan"].output
    assert "Converge the component" in runs["through"].output
    assert runs["plan"].plan["totals"] == runs["through"].plan["totals"]


def test_what_components_published_is_there(runs, account):
    shown = account.play("outputs", "qa", "-e", "format=json")
    assert '"vpc_id"' in shown.output


def test_another_size_is_found(runs, account):
    given = ("--limit", "database", "-e", '{"database_max_storage": 500}')
    plan = account.play("provision", "qa", "--check", *given)
    assert plan.plan["totals"]["update"] == 1, plan.output[-3000:]


def test_a_limited_run_passes_over_its_component(runs, account):
    run = account.succeed("provision", "qa", "--limit", "registry")
    assert "Converge the component" not in run.output


class Watching:
    """Clients for changes by hand; notes each change that no question of a trace would tell."""

    def __init__(self, account, traces) -> None:
        self.account, self.unseen, self.changes = account, [], 0
        self.questions = asking.questions(traces.values())
        self.services = {one["service"] for one in self.questions}
        self.clients = {service: account.client(service) for service in self.services}
        self.before: list = []

    def ask(self, services: set[str]) -> list:
        asked = [one for one in self.questions if one["service"] in services]
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda one: answers(self.clients[one["service"]], one), asked))

    def client(self, service: str):
        client = self.account.client(service)
        client.meta.events.register("before-call", self.note)
        client.meta.events.register("after-call", self.look)
        return client

    # A service's own answers tell of a change in it, or those about tags; all would be thousands.
    def about(self, model) -> list:
        return self.ask({model.service_model.service_name, "resourcegroupstaggingapi"})

    def note(self, model, **_: object) -> None:
        if not model.name.startswith(READS):
            self.before = self.about(model)

    def look(self, model, **_: object) -> None:
        if model.name.startswith(READS):
            return
        self.changes += 1
        if self.about(model) == self.before:
            self.unseen.append((model.service_model.service_name, model.name))


def test_each_change_by_hand_is_told_by_an_answer(runs, path, life, account):
    newest = {name: several[0] for name, several in store.read(path).items()}
    watching = Watching(account, newest)
    everything = watching.ask(watching.services)
    assert everything == watching.ask(watching.services) != []
    # What became of it is told by test_drift.py.
    life("qa").drift = drift(watching.client)
    assert watching.changes > 40
    # The lock's table is no component: it is looked at before each run.
    assert watching.unseen == [("dynamodb", "TagResource")]
