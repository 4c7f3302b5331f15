"""What Groundwork's own modules manage.

They return before and after themselves. A look is needed only where a plan announces the task
instead of running it, and it is the module's own: its class describes the resource.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import yaml
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.groundwork.aws.plugins.plugin_utils.placeholders import (
    mentions_placeholder,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import (
    Arguments,
    Found,
    Kind,
    known,
)

MODULES = "ansible_collections.groundwork.aws.plugins.modules"
# What every one of our modules takes besides its own options.
COMMON: dict[str, Any] = {
    "state": {"default": "present"},
    "tags": {"aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
}


# Reads in a tenth of the time, where libyaml is there.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Own(Kind):
    """A resource of one of our modules, whose class `describer` («module:Class») describes it."""

    own_diff = True
    describer: str = ""

    def _resource(self, clients: Any, args: Arguments) -> Any:
        module, _, name = self.describer.partition(":")
        code = import_module(f"{MODULES}.{module}")
        return getattr(code, name)(Module(clients, parameters(code.DOCUMENTATION, args)))

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        current = self._resource(clients, args).describe()
        if current is None:
            return None
        tags = current.pop("tags", None) or {}
        return Found(str(self.name(args)), current, tags)

    def asked(self, args: Arguments) -> dict[str, Any]:
        return self._resource(None, args).desired()


class Targets(Kind):
    """The targets of a target group: a property of that group."""

    service = "elbv2"
    own_diff = True

    def name(self, args: Arguments) -> str | None:
        parts = str(args["target_group_arn"]).split("/")
        return parts[1] if len(parts) > 1 else None

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        targets: list[str] = []
        if known(args, "target_group_arn"):
            arn = args["target_group_arn"]
            answer = clients["elbv2"].describe_target_health(TargetGroupArn=arn)
            targets = [item["Target"]["Id"] for item in answer["TargetHealthDescriptions"]]
        return Found(str(self.name(args)), {"targets": targets})


class Image(Kind):
    """An image in ECR, by its repository and tag."""

    service = "ecr"

    def name(self, args: Arguments) -> str | None:
        return f"{args['repository']}:{args['tag']}"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        wanted = [{"imageTag": args["tag"]}]
        answer = clients["ecr"].describe_images(repositoryName=args["repository"], imageIds=wanted)
        return Found(str(self.name(args))) if answer["imageDetails"] else None


class Alarms(Kind):
    """The alarms of a set: resources of their own, which one module keeps."""

    service = "cloudwatch"
    own_diff = True
    plans_unknown = True

    def each(self, args: Arguments) -> list[Arguments]:
        return args["alarms"]

    def type_of(self, args: Arguments) -> str:
        return "composite_alarm" if "rule" in args else "metric_alarm"


class SecretFields(Kind):
    """Fields of secrets: what is said of those that stay as they are, another task has said."""

    service = "secretsmanager"
    own_diff = True

    def each(self, args: Arguments) -> list[Arguments]:
        return []


class Queries(Kind):
    """Saved queries of a folder."""

    service = "logs"
    own_diff = True
    plans_unknown = True

    def each(self, args: Arguments) -> list[Arguments]:
        return [{**one, "name": f"{args['folder']}/{one['name']}"} for one in args["queries"]]


def parameters(documentation: str, args: Arguments) -> Arguments:
    """A module's parameters: the arguments as its documentation types them, and its defaults."""
    options = {**COMMON, **yaml.load(documentation, LOADER)["options"]}
    found = {}
    for name, option in options.items():
        names = (name, *option.get("aliases", []))
        value = next((args[key] for key in names if key in args), option.get("default"))
        found[name] = typed(value, option.get("type"))
    return found


def typed(value: Any, type: str | None) -> Any:
    """A plain value as an option of this type has it."""
    if value is None or mentions_placeholder(value):
        return value
    if type == "int":
        return int(value)
    if type == "bool":
        return boolean(value)
    if type == "str":
        return str(value)
    return [value] if type == "list" and not isinstance(value, list) else value


class Module:
    """As much of an AnsibleAWSModule as a description needs."""

    def __init__(self, clients: Any, params: Arguments) -> None:
        self.params = params
        self._clients = clients

    def client(self, service: str, **_: Any) -> Client:
        """The client of `service`."""
        return Client(self._clients, service)

    def fail_json(self, msg: str, **_: Any) -> None:
        """What would fail the module makes the resource unseen."""
        raise RuntimeError(msg)


class Client:
    """A client that takes (and drops) the argument `aws_retry` of amazon.aws."""

    def __init__(self, clients: Any, service: str) -> None:
        self._clients, self._service = clients, service

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._clients[self._service], name)
        if name in ("get_paginator", "get_waiter"):
            return call

        def without(*args: Any, aws_retry: bool = False, **kwargs: Any) -> Any:
            return call(*args, **kwargs)

        return without


def own(type: str, describer: str, service: str, **settings: Any) -> Own:
    """A kind that the class `describer` («module:Class») describes."""
    return Own(type, describer=describer, service=service, **settings)


KINDS: dict[str, Kind] = {
    "groundwork.aws.account_settings": own(
        "account_settings", "account_settings:Settings", "ec2", name_argument="account_id"
    ),
    "groundwork.aws.acm_dns_certificate": own(
        "certificate", "acm_dns_certificate:Certificate", "acm"
    ),
    "groundwork.aws.backup_plan": own("backup_plan", "backup_plan:Plan", "backup"),
    "groundwork.aws.backup_vault": own("backup_vault", "backup_vault:Vault", "backup"),
    "groundwork.aws.budget": own("budget", "budget:Budget", "budgets"),
    "groundwork.aws.cloudwatch_alarms": Alarms("metric_alarm"),
    "groundwork.aws.cloudwatch_dashboard": own(
        "dashboard", "cloudwatch_dashboard:Dashboard", "cloudwatch"
    ),
    "groundwork.aws.default_security_group": own(
        "default_security_group", "default_security_group:DefaultGroup", "ec2"
    ),
    "groundwork.aws.ecr_image": Image("container_image", "tag"),
    "groundwork.aws.ecr_repository": own("ecr_repository", "ecr_repository:Repository", "ecr"),
    "groundwork.aws.elasticache_parameter_group": own(
        "cache_parameter_group", "elasticache_parameter_group:ParameterGroup", "elasticache"
    ),
    "groundwork.aws.elasticache_replication_group": own(
        "replication_group", "elasticache_replication_group:ReplicationGroup", "elasticache"
    ),
    "groundwork.aws.elasticache_subnet_group": own(
        "cache_subnet_group", "elasticache_subnet_group:SubnetGroup", "elasticache"
    ),
    "groundwork.aws.elb_target_group": own("target_group", "elb_target_group:TargetGroup", "elbv2"),
    "groundwork.aws.elb_targets": Targets("target_group", "target_group_arn"),
    "groundwork.aws.iam_oidc_provider": own(
        "iam_oidc_provider", "iam_oidc_provider:Provider", "iam"
    ),
    "groundwork.aws.lock_table": own("dynamodb_table", "lock_table:LockTable", "dynamodb"),
    "groundwork.aws.log_group": own("log_group", "log_group:LogGroup", "logs"),
    "groundwork.aws.schedule_group": own("schedule_group", "schedule_group:Group", "scheduler"),
    "groundwork.aws.log_queries": Queries("log_query"),
    "groundwork.aws.secret_fields": SecretFields(
        "secret", sensitive=frozenset({"given", "initial"})
    ),
    "groundwork.aws.s3_bucket": own("s3_bucket", "s3_bucket:Bucket", "s3"),
    "groundwork.aws.sns_topic": own(
        "sns_topic", "sns_topic:Topic", "sns", sensitive=frozenset({"webhooks"})
    ),
    "groundwork.aws.vpc_flow_log": own("flow_log", "vpc_flow_log:FlowLog", "ec2"),
}
