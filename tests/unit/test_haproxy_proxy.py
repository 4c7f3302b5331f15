"""What the host's HAProxy is asked and told through its master."""

from __future__ import annotations

import pytest
from ansible_collections.groundwork.aws.plugins.module_utils import haproxy
from ansible_collections.groundwork.aws.plugins.module_utils.haproxy import Proxy, ProxyError

from tests.unit.haproxy_master import Master


@pytest.fixture
def master(tmp_path, monkeypatch):
    monkeypatch.setattr(haproxy, "TIMEOUT", 0.5)
    (tmp_path / "slots.map").write_text("active blue\nmaintenance off\n")
    made = Master(tmp_path / "m.sock", tmp_path / "slots.map", (20, 19))
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def proxy(master):
    return Proxy(str(master.server_address))


def test_all_workers_are_known_the_newest_first(proxy):
    assert proxy.workers() == ["20", "19"]


def test_a_value_is_what_the_newest_worker_has(proxy, master):
    master.maps[19]["active"] = "green"
    assert proxy.map_value(str(master.map_file), "active") == "blue"
    assert proxy.map_value(str(master.map_file), "nothing") == ""


def test_every_worker_learns_a_value(proxy, master):
    proxy.set_map(str(master.map_file), "active", "green")
    assert [known["active"] for known in master.maps.values()] == ["green", "green"]


def test_a_worker_that_vanished_is_no_error(proxy, master):
    del master.maps[19]
    proxy.set_map(str(master.map_file), "active", "green")
    assert master.maps[20]["active"] == "green"
    assert proxy.server_status("api-blue", "blue") == "UP"


def test_a_value_that_no_worker_took_is_an_error(proxy, master):
    master.maps.clear()
    with pytest.raises(ProxyError, match="did not set active"):
        proxy.set_map(str(master.map_file), "active", "green")


def test_what_haproxy_refuses_is_told(proxy, master):
    with pytest.raises(ProxyError, match="entry not found"):
        proxy.set_map(str(master.map_file), "nothing", "green")
    with pytest.raises(ProxyError, match="Unknown map identifier"):
        proxy.set_map("/other.map", "active", "green")


def test_servers_have_a_status(proxy, master):
    master.servers["api-green", "green"] = "DOWN 1/2"
    assert proxy.server_status("api-green", "green") == "DOWN 1/2"
    assert proxy.server_status("web-green", "green") == ""


def test_requests_of_old_workers_count_too(proxy, master):
    master.requests = {(20, "api-blue"): [1], (19, "api-blue"): [2], (20, "api-green"): [4]}
    assert proxy.requests_in({"api-blue"}) == 3


def test_without_a_socket_the_error_names_it(tmp_path):
    with pytest.raises(ProxyError, match=f"does not answer on {tmp_path}/none"):
        Proxy(f"{tmp_path}/none").workers()
