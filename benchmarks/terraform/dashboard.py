"""Writes the dashboard's body as a template of Terraform's: Groundwork's words, Terraform's ids."""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
SERVICES = ["api", "web"]
ACCOUNT = {"region": "us-east-1", "account": "123456789012", "services": SERVICES}


def template(project: str, environment: str, sizes: dict[str, Any]) -> str:
    """The body, with `${load_balancer}`, `${target_group_api}` and `${instance_1}` in it.

    `sizes`: instances_count, cache_replicas, database_instance_class and database_storage.
    """
    sys.path.insert(0, str(ROOT / "collections"))
    from ansible_collections.groundwork.aws.plugins.filter.alarms import alarms
    from ansible_collections.groundwork.aws.plugins.filter.dashboard import dashboard

    prefix, page = f"{project}-{environment}", ROOT / "group_vars" / "operations.yml"
    text = page.read_text().replace("{{ metrics_namespace }}", f"{project}/{environment}")
    listed = yaml.safe_load(text)
    hosts = range(1, int(sizes["instances_count"]) + 1)
    nodes = range(1, int(sizes["cache_replicas"]) + 2)
    published = {
        "instances": {
            "names": [f"{prefix}-app-{n}" for n in hosts],
            "ids": [f"${{instance_{n}}}" for n in hosts],
        },
        "database": {
            "name": f"{prefix}-database",
            "instance_class": sizes["database_instance_class"],
            "max_connections": "100",
            "storage": int(sizes["database_storage"]),
        },
        "cache": {"nodes": [f"{prefix}-cache-{n:03d}" for n in nodes]},
        "load_balancer": {
            "arn": "${load_balancer}",
            "target_groups": {name: f"${{target_group_{name}}}" for name in SERVICES},
        },
    }
    where = {
        **ACCOUNT,
        "log_groups": [f"/{project}/{environment}/{name}" for name in SERVICES],
    }
    # No widget is about the certificate, but the first one shows its alarm.
    published["certificate"] = {"arn": "any"}
    rung = alarms(listed["alarms_list"], published, prefix, "")
    return json.dumps(dashboard(listed["dashboard_rows"], published, rung, where))
