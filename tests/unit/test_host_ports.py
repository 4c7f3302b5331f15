"""A service's port on a host is where the balancer meets it: the proxy's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from tests.unit.host_roles import trusted, variables

ROOT = Path(__file__).parents[2]
# Two containers that listen on one port: the usual reason to publish one elsewhere.
SERVICES = {
    "api": {"port": 3000, "health_path": "/health"},
    "web": {"port": 3000, "published": 8080, "health_path": "/"},
}
MET = [3000, 8080]  # as in test_proxy_template.py


def said(expression: Any, **more: Any) -> Any:
    """An expression of the project's, with the shared variables."""
    known: dict[str, Any] = {"app_services": SERVICES, "network_cidr": "10.20.0.0/16"}
    for page in ("all", "app"):
        known |= trusted(yaml.safe_load((ROOT / f"group_vars/{page}.yml").read_text()))
    templar = Templar(loader=DataLoader(), variables=known | more)
    return templar.template(trusted(expression))


def test_the_security_groups_open_it_on_both_sides():
    own = variables("security_groups")
    assert said("{{ security_groups_app_ports }}", **own) == MET
    tasks = yaml.safe_load((ROOT / "roles/security_groups/tasks/present.yml").read_text())
    balancer = tasks[0]["amazon.aws.ec2_security_group"]
    assert said(balancer["rules_egress"][0]["ports"], **own) == MET
    assert said("{{ _security_groups_service_rule.ports }}", **own) == MET


def test_the_target_groups_send_to_it():
    tasks = yaml.safe_load((ROOT / "roles/load_balancer/tasks/present.yml").read_text())
    port = tasks[0]["groundwork.aws.elb_target_group"]["port"]
    assert [said(port, item={"value": one}) for one in SERVICES.values()] == MET


def test_the_hosts_firewall_lets_it_in():
    assert said("{{ hardening_firewall_allowed }}")[0]["ports"] == MET
