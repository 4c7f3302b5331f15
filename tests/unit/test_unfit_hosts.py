"""What keeps a host from taking a release: a full disk, no memory, another time than here."""

import time

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from tests.unit.host_roles import variables

MIB = 1048576
DAY = 86400.0
FIT = {"disk_free": 1024 * MIB, "memory_free": 128 * MIB, "clock": 0.0}


def unfit(ahead=0.0, **host):
    """What the role says of a host whose clock is so many seconds ahead of here."""
    told = FIT | {"clock": time.time() + ahead} | host
    known = variables("compose_deploy") | {"_compose_deploy_slots": {"host": told}}
    templar = Templar(loader=DataLoader(), variables=known)
    return templar.template(trust_as_template("{{ _compose_deploy_unfit }}"))


def test_a_host_that_has_just_enough_is_fit():
    assert unfit() == ""


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ({"disk_free": 1023 * MIB}, "its disk has 1023 MiB left"),
        ({"memory_free": 127 * MIB}, "it has 127 MiB of memory left"),
        ({"ahead": -10 * DAY}, "its clock is 86"),
        ({"ahead": 10 * DAY}, "its clock is 86"),
    ],
)
def test_what_is_short_is_named_with_the_variable_that_says_so(host, said):
    told = unfit(**host)
    assert said in told
    assert "compose_deploy_" in told
    assert ";" not in told


def test_everything_is_said_at_once():
    assert unfit(disk_free=0, memory_free=0).count(";") == 1
