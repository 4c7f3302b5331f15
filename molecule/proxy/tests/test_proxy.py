"""The proxy goes by its map: the slot that serves, through a reload too, and maintenance."""

import http.client
import time
import urllib.error
import urllib.request

import pytest

MAP = "/var/lib/groundwork/shop-qa/slots.map"


@pytest.fixture
def address(about):
    return about["ansible_host"]


@pytest.fixture
def url(address):
    return f"http://{address}:8080"


def get(url, seconds=15):
    """Body of the answer, as soon as the proxy has found the slot up."""
    until = time.monotonic() + seconds
    while True:
        try:
            return urllib.request.urlopen(url, timeout=3).read().decode()
        except urllib.error.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


ASK = (
    "python3 -c 'import socket, sys; link = socket.socket(socket.AF_UNIX); "
    'link.connect("/run/haproxy-master.sock"); link.sendall(sys.argv[1].encode() + b"\\n"); '
    'link.shutdown(1); print(b"".join(iter(lambda: link.recv(65536), b"")).decode())\' %s'
)


@pytest.fixture
def set_map(host):
    """A function that tells the running proxy a value, as a deploy does, until the test ends."""

    def tell(key, value):
        processes = host.check_output(ASK, "show proc").splitlines()
        worker = next(line.split()[0] for line in processes if " worker " in line)
        assert host.check_output(ASK, f"@!{worker} set map {MAP} {key} {value}").strip() == ""

    yield tell
    tell("active", "blue")
    tell("maintenance", "off")


def test_requests_go_to_the_slot_that_serves_and_change_over_on_a_kept_connection(
    set_map, address, url
):
    assert get(url) == "blue"
    link = http.client.HTTPConnection(address, 8080, timeout=5)
    link.request("GET", "/")
    assert link.getresponse().read() == b"blue"
    time.sleep(1)  # the idle slot's check
    set_map("active", "green")
    link.request("GET", "/")
    assert link.getresponse().read() == b"green"


def test_maintenance_page_answers_but_health_stays_green(set_map, url):
    get(url)
    set_map("maintenance", "on")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url, timeout=3)
    assert caught.value.code == 503
    assert caught.value.headers["Retry-After"] == "45"
    assert "Back soon" in caught.value.read().decode()
    assert urllib.request.urlopen(f"{url}/health", timeout=3).read() == b"blue"


def test_a_service_without_a_release_is_told_as_unavailable(address):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"http://{address}:8081/", timeout=3)
    assert caught.value.code == 503


def test_configuration_was_reloaded_not_restarted(host):
    told = host.check_output("systemctl show haproxy --property NRestarts,ActiveState")
    assert "NRestarts=0" in told
    assert "ActiveState=active" in told
    assert "Reloaded" in host.check_output("journalctl --unit haproxy --output cat --no-pager")


def test_it_comes_first_where_processors_are_short(host):
    # Asked of the kernel: in cgroups of version 1 a weight of 100 is a share of 1024.
    told = host.check_output(
        "cat /sys/fs/cgroup/system.slice/haproxy.service/cpu.weight "
        "/sys/fs/cgroup/cpu/system.slice/haproxy.service/cpu.shares 2>/dev/null || true"
    )
    assert told in ("1000", "10240")


def test_an_idle_slot_shouts_at_no_terminal(host):
    assert host.check_output("journalctl --priority emerg --output cat --no-pager") == ""


def test_it_starts_at_a_boot(host):
    assert host.service("haproxy").is_enabled
