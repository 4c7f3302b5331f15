"""The configuration of HAProxy that the role proxy renders."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.unit.host_roles import render

SERVICES = {
    "api": {"port": 3000, "health_path": "/health"},
    "web": {"port": 3001, "published": 8080},
}


def sections(**given):
    """Lines of each section, by its head."""
    found, lines = {}, []
    text = render("proxy", "haproxy.cfg.j2", proxy_name="shop", proxy_services=SERVICES, **given)
    for line in text.splitlines():
        if re.match(r"\w", line):
            lines = found.setdefault(line, [])
        elif line.strip() and not line.strip().startswith("#"):
            lines.append(line.strip())
    return found


def test_every_service_has_a_frontend_and_a_backend_for_each_slot():
    slots = [f"backend {name}-{slot}" for name in SERVICES for slot in ("blue", "green")]
    frontends = ["frontend api", "frontend web"]
    assert {*sections()} == {"global", "defaults", *frontends, *slots}


def test_the_balancer_meets_the_published_ports():
    assert "bind :3000" in sections()["frontend api"]
    assert "bind :8080" in sections()["frontend web"]


@pytest.mark.parametrize(
    "backend, server",
    [
        ("api-blue", "server blue 127.0.0.1:13000 check "),
        ("api-green", "server green 127.0.0.1:23000 check "),
        ("web-blue", "server blue 127.0.0.1:18080 check "),
        ("web-green", "server green 127.0.0.1:28080 check "),
    ],
)
def test_a_slot_is_met_on_its_own_port(backend, server):
    servers = [line for line in sections()[f"backend {backend}"] if line.startswith("server ")]
    assert len(servers) == 1 and servers[0].startswith(server)


def test_the_map_says_which_slot_serves():
    route = "use_backend api-%[str(active),map(/var/lib/groundwork/shop/slots.map,none)]"
    assert route in sections()["frontend api"]


def test_maintenance_spares_the_health_path():
    def rule(name):
        return next(line for line in sections()[f"frontend {name}"] if "maintenance" in line)

    assert "acl health path /health" in sections()["frontend api"]
    assert rule("api").endswith("on } !health")
    assert "status 503" in rule("api") and "Retry-After 120" in rule("api")
    assert "health" not in rule("web")


def test_only_a_health_path_is_asked_by_http():
    assert "option httpchk" in sections()["backend api-blue"]
    assert "option httpchk" not in sections()["backend web-blue"]


@pytest.mark.skipif(not shutil.which("haproxy"), reason="haproxy is not installed here")
def test_haproxy_takes_it(tmp_path):
    (tmp_path / "slots.map").write_text("active none\nmaintenance off\n")
    (tmp_path / "page.html").write_text("Back soon")
    text = render(
        "proxy",
        "haproxy.cfg.j2",
        proxy_services=SERVICES,
        _proxy_map=str(tmp_path / "slots.map"),
        _proxy_page=str(tmp_path / "page.html"),
    )
    # The account belongs to the package, the program may be here without it.
    text = re.sub(r"^ +(user|group) haproxy\n", "", text, flags=re.M)
    (tmp_path / "haproxy.cfg").write_text(text)
    argv = ["haproxy", "-c", "-f", str(tmp_path / "haproxy.cfg")]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
