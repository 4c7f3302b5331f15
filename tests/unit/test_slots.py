"""A slot: its folder, its Compose project, its containers."""

from __future__ import annotations

import pytest
from ansible_collections.groundwork.aws.plugins.module_utils import slots
from ansible_collections.groundwork.aws.plugins.module_utils.slots import Slot, SlotError

from tests.unit.slot_host import Host, image, project


@pytest.fixture
def host(tmp_path, monkeypatch, capsys):
    made = Host(tmp_path, monkeypatch, capsys)
    yield made
    made.master.shutdown()
    made.master.server_close()


@pytest.fixture
def slot(host):
    return Slot("blue", "shop-blue", str(host.folder / "blue"))


def test_an_empty_slot_holds_nothing(slot):
    assert (slot.text(), slot.release(), slot.services()) == ("", "", [])
    assert (slot.containers(), slot.good(), slot.running()) == ([], False, False)
    slot.remove()


def test_a_project_tells_its_release_and_services(slot):
    slot.write(project("blue", "qa-1"))
    assert (slot.release(), slot.services()) == ("qa-1", ["api"])


def test_a_slot_starts_stops_and_starts_again(slot, host):
    slot.write(project("blue", "qa-1"))
    slot.up()
    assert slot.good() and slot.running()
    (one,) = slot.containers()
    assert (one.service, one.image, one.release) == ("api", image("qa-1"), "qa-1")
    slot.stop()
    assert not slot.running() and len(slot.containers()) == 1
    slot.up()
    assert slot.good()


def test_a_removed_slot_leaves_nothing(slot, host):
    slot.write(project("blue", "qa-1"))
    slot.up()
    slot.remove()
    assert (slot.text(), host.state["containers"]) == ("", {})


@pytest.mark.parametrize(
    "becomes, good, lost",
    [
        ({"health": ""}, True, False),
        ({"health": "none"}, True, False),
        ({"health": "starting"}, False, False),
        ({"state": "restarting", "restarts": 2}, False, False),
        ({"state": "restarting", "restarts": 3}, False, True),
        ({"state": "exited"}, False, True),
        ({"health": "unhealthy"}, False, True),
    ],
)
def test_a_container_is_good_or_lost(slot, host, becomes, good, lost):
    host.will("qa-1", becomes)
    slot.write(project("blue", "qa-1"))
    slot.up()
    (one,) = slot.containers()
    assert (one.good, one.lost, slot.good()) == (good, lost, good)


def test_the_last_words_of_a_container_are_read(slot):
    slot.write(project("blue", "qa-1"))
    slot.up()
    assert slot.logs(slot.containers()[0], 5) == "last words of api"


def test_what_a_command_says_is_in_its_error(host):
    with pytest.raises(SlotError, match="^docker rubbish: no such command: rubbish$"):
        slots.run(["docker", "rubbish"])


def test_a_program_that_is_missing_or_slow_is_told(host):
    with pytest.raises(SlotError, match="nothing-here is not installed on this host"):
        slots.run(["nothing-here"])
    with pytest.raises(SlotError, match="sleep 9 took more than 0 seconds"):
        slots.run(["sleep", "9"], 0.05)


def test_images_that_are_on_the_host_tell_what_they_are(slot, host):
    here, missing = image("qa-1"), image("qa-2")
    host.save({**host.state, "images": [here, image("qa-0")]})
    assert slots.image_configs([here, missing]) == {here: {"Cmd": [here]}}
    assert slots.image_configs([]) == {}


def test_a_host_without_docker_has_no_image(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert slots.image_configs([image("qa-1")]) == {}
