"""A release comes into service on a host with two slots."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.groundwork.aws.plugins.module_utils import slot_machine
from ansible_collections.groundwork.aws.plugins.module_utils.slot_machine import Machine

from tests.unit.slot_host import Host, image, project


@pytest.fixture
def host(tmp_path, monkeypatch, capsys):
    made = Host(tmp_path, monkeypatch, capsys)
    yield made
    made.master.shutdown()
    made.master.server_close()


def test_the_first_release_comes_into_the_first_slot(host):
    result = host.run("qa-1")
    assert (result["changed"], result["slot"], result["before"]) == (True, "blue", "")
    assert host.routed() == ("blue", "blue")


def test_the_next_release_comes_beside_the_one_that_serves(host):
    host.run("qa-1")
    result = host.run("qa-2")
    assert (result["slot"], result["release_before"]) == ("green", "qa-1")
    assert result["before"] == project("blue", "qa-1")
    assert host.routed() == ("green", "green")
    assert host.states() == {"blue": "running", "green": "running"}


def test_the_same_again_changes_nothing(host):
    host.run("qa-1")
    before = host.state["containers"]
    assert host.run("qa-1")["changed"] is False
    assert host.state["containers"] == before


def test_anew_brings_the_same_release_into_the_other_slot(host):
    host.run("qa-1")
    assert host.run("qa-1", anew=True)["slot"] == "green"
    assert host.routed() == ("green", "green")


@pytest.mark.parametrize(
    "becomes, reason",
    [
        ({"state": "exited", "health": "", "code": 3}, "does not stay up"),
        ({"state": "restarting", "restarts": 3, "code": 1}, "does not stay up"),
        ({"health": "unhealthy"}, "does not stay up"),
        ({"health": "starting"}, "not healthy within 1 seconds"),
    ],
)
def test_a_release_that_does_not_get_healthy_leaves_all_as_it_was(host, becomes, reason):
    host.run("qa-1")
    before = host.map.read_bytes()
    host.will("qa-2", becomes)
    result = host.run("qa-2", wait=1)
    assert result["failed"] and reason in result["msg"]
    assert [one["service"] for one in result["containers"]] == ["api"]
    assert result["containers"][0]["log"] == "last words of api"
    assert (result["slot"], result["changed"]) == ("blue", False)
    assert host.map.read_bytes() == before
    assert host.routed() == ("blue", "blue")
    assert host.states() == {"blue": "running"}
    assert not (host.folder / "green" / "compose.yml").exists()


def test_a_container_that_ends_and_starts_again_is_told_as_it_was_seen(host):
    ended = {"state": "exited", "code": 7}
    again = {"state": "running", "health": "starting"}
    host.will("qa-1", ended, ended, again, again, again)
    result = host.run("qa-1", wait=1)
    assert "does not stay up" in result["msg"]
    assert [(one["service"], one["exit_code"]) for one in result["containers"]] == [("api", 7)]
    assert result["containers"][0]["log"] == "last words of api"


def test_what_compose_refuses_is_told_and_removed(host):
    host.change(refuses="port is already allocated")
    assert "port is already allocated" in host.run("qa-1")["msg"]
    assert host.routed() == ("none", "none")
    assert not (host.folder / "blue" / "compose.yml").exists()


def test_a_service_that_answers_badly_is_not_switched_to(host, monkeypatch):
    monkeypatch.setattr(slot_machine, "get", lambda port, path: f"503 on {port}{path}")
    result = host.run("qa-1")
    assert "api answers /health with 503 on 13000/health" in result["msg"]
    assert host.routed() == ("none", "none")


def test_a_slot_that_the_proxy_finds_down_is_not_switched_to(host):
    host.master.servers["api-blue", "blue"] = "DOWN"
    result = host.run("qa-1")
    assert result["failed"] and "finds api of slot blue down" in result["msg"]
    assert host.states() == {}


def test_a_kill_between_the_file_and_the_proxy_is_repaired(host):
    host.run("qa-1")
    host.map.write_text("active green\nmaintenance on\n")
    assert host.run("qa-1")["changed"] is False
    assert host.map.read_text() == "active blue\nmaintenance on\n"
    assert host.routed() == ("blue", "blue")


def test_a_kill_while_the_other_slot_starts_is_started_anew(host):
    host.run("qa-1")
    (host.folder / "green").mkdir()
    (host.folder / "green" / "compose.yml").write_text(project("green", "half"))
    assert host.run("qa-2")["slot"] == "green"
    assert project("green", "qa-2") == (host.folder / "green" / "compose.yml").read_text()


def test_what_proved_itself_is_settled_on(host):
    host.run("qa-1")
    host.run("qa-2")
    host.master.requests[20, "api-blue"] = [2, 1]
    assert host.settle(watch=2)["changed"] is True
    assert host.states() == {"blue": "exited", "green": "running"}
    assert host.master.requests[20, "api-blue"] == []
    assert host.settle()["changed"] is False


def test_requests_that_never_end_are_waited_for_only_so_long(host):
    host.run("qa-1")
    host.run("qa-2")
    host.master.requests[20, "api-blue"] = [1] * 1000
    begun = host.clock
    host.settle(drain=5)
    assert 5 <= host.clock - begun < 6
    assert host.states()["blue"] == "exited"


def test_a_release_that_gets_ill_is_switched_back_from(host):
    host.run("qa-1")
    host.run("qa-2")
    host.ill("green", {}, {"health": "unhealthy"})
    result = host.settle(watch=10)
    assert result["failed"] and result["switched_back"] is True
    assert (result["slot"], result["release_other"]) == ("blue", "qa-1")
    assert [one["service"] for one in result["containers"]] == ["api"]
    assert host.routed() == ("blue", "blue")
    assert host.states() == {"blue": "running"}


def test_a_service_that_the_proxy_finds_down_is_ill_before_docker_says_so(host, monkeypatch):
    host.run("qa-1")
    host.run("qa-2")
    monkeypatch.setattr(slot_machine, "get", lambda port, path: "500")
    host.master.servers["api-green", "green"] = "DOWN"
    result = host.settle(watch=10)
    assert result["switched_back"] is True
    assert "api answers /health with 500" in result["msg"]
    assert [one["service"] for one in result["containers"]] == ["api"]
    assert host.routed() == ("blue", "blue")


def test_what_gets_ill_between_two_looks_is_told_too(host):
    host.run("qa-1")
    host.run("qa-2")
    host.ill("green", {}, {}, {"health": "unhealthy"})
    assert [one["service"] for one in host.settle(watch=10)["containers"]] == ["api"]


def test_without_a_healthy_slot_before_nothing_is_switched_back(host):
    host.run("qa-1")
    host.run("qa-2")
    host.ill("blue", {"health": "unhealthy"})
    host.ill("green", {}, {"health": "unhealthy"})
    result = host.settle(watch=10)
    assert result["switched_back"] is False
    assert host.routed() == ("green", "green")


def test_a_release_that_still_stands_is_started_by_its_name(host):
    host.run("qa-1")
    host.run("qa-2")
    host.settle()
    result = host.run("qa-1", standing=True)
    assert (result["changed"], result["slot"]) == (True, "blue")
    assert host.routed() == ("blue", "blue")


@pytest.mark.parametrize("answer, serves", [("200", True), ("503", False)])
def test_what_has_served_before_need_not_wait_for_dockers_verdict(
    host, monkeypatch, answer, serves
):
    host.run("qa-1")
    host.run("qa-2")
    host.settle()
    monkeypatch.setattr(slot_machine, "get", lambda port, path: answer)
    host.ill("blue", {"state": "running", "health": "starting"})
    result = host.run("qa-1", standing=True, wait=1)
    assert result.get("failed", False) is not serves
    assert host.routed() == (("blue", "blue") if serves else ("green", "green"))


def test_dockers_verdict_is_waited_for_after_the_switch(host, monkeypatch):
    monkeypatch.setattr(slot_machine, "DOCKER_SECONDS", 3.0)
    for release in ("qa-1", "qa-2"):
        host.run(release)
    starting = {"health": "starting"}
    host.ill("green", starting, starting, starting, {"health": "healthy"})
    assert host.settle(watch=1)["changed"] is True
    assert host.clock >= 1
    host.ill("green", starting)
    result = host.settle()
    assert "it got ill after the switch" in result["msg"]
    assert host.clock >= 3


def test_what_starts_leaves_the_processors_to_what_serves(host):
    def shares() -> dict[str, int | None]:
        found = host.state["containers"].values()
        return {one["project"].removeprefix("shop-"): one.get("shares") for one in found}

    host.run("qa-1", start_cpu_shares=128)
    host.run("qa-2", start_cpu_shares=128)
    assert shares() == {"blue": 1024, "green": 1024}
    host.settle(start_cpu_shares=128)
    assert shares() == {"blue": 128, "green": 1024}
    host.run("qa-1", standing=True, start_cpu_shares=128)
    assert shares() == {"blue": 1024, "green": 1024}


def test_a_release_that_stands_nowhere_is_refused(host):
    host.run("qa-1")
    assert "Slot green does not hold release qa-0" in host.run("qa-0", standing=True)["msg"]


def test_both_slots_keep_their_images(host):
    host.change(images=[image(one) for one in ("qa-0", "qa-1", "qa-2")])
    host.run("qa-1")
    host.run("qa-2")
    host.settle(keep_images=[image("qa-2")])
    assert host.state["images"] == [image("qa-1"), image("qa-2")]


def test_further_images_of_a_release_stay_as_long_as_it_stands(host):
    migrations = {number: f"{image('qa')}-{number}-migrate" for number in (0, 1, 2)}

    def of(number: int) -> dict[str, str]:
        keeps = f'x-groundwork-keeps: ["{migrations[number]}"]\n'
        return {
            slot: project(slot, f"qa-{number}").replace("\nservices:", f"{keeps}\nservices:")
            for slot in ("blue", "green")
        }

    host.change(images=[*migrations.values()])
    for number in (1, 2):
        host.run(f"qa-{number}", projects=of(number))
    host.settle(keep_images=[image("qa-2")])
    assert host.state["images"] == [migrations[1], migrations[2]]


def test_check_mode_tells_and_changes_nothing(host):
    host.run("qa-1")
    before = host.state["containers"], host.map.read_bytes()
    result = host.run("qa-2", _ansible_check_mode=True)
    assert (result["changed"], result["slot"]) == (True, "green")
    assert (host.state["containers"], host.map.read_bytes()) == before
    assert not (host.folder / "green").exists()


def test_check_mode_makes_no_folder(host):
    host.run("qa-1", _ansible_check_mode=True)
    assert not host.folder.exists()


def test_a_proxy_that_does_not_know_the_map_does_not_hide_what_serves(host):
    host.run("qa-1")
    host.master.maps[20].clear()
    assert host.run("qa-2", _ansible_check_mode=True)["slot"] == "green"


def test_two_runs_do_not_meet(host):
    machine = Machine("shop", str(host.folder), {}, {}, str(host.map), str(host.socket))
    with machine.alone(0):
        waited = host.run("qa-1", wait=1, drain=1)
    assert "Another deploy has been at work" in waited["msg"]
    assert host.state["calls"] == []
    assert host.run("qa-1")["slot"] == "blue"


def test_the_second_run_goes_on_when_the_first_is_done(host, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(slot_machine, "POLL", 0.01)
    machine = Machine("shop", str(host.folder), {}, {}, str(host.map), str(host.socket))
    order, inside = [], threading.Event()

    def second():
        inside.wait()
        with machine.alone(10):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with machine.alone(0):
        inside.set()
        thread.join(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
