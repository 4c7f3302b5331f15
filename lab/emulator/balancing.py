"""Reads of load balancers for the controller that runs them, and the verdicts it reports back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.acm.models import acm_backends
from moto.ec2.models import ec2_backends
from moto.elbv2.models import ELBv2Backend, FakeTargetGroup, elbv2_backends

from lab.emulator import changes
from lab.emulator.mends.elbv2_describe_target_health import key, verdicts


@dataclass(frozen=True, slots=True)
class Check:
    """A target group's health check; times in seconds."""

    protocol: str
    port: str
    path: str
    codes: str
    interval: float
    timeout: float
    healthy_after: int
    unhealthy_after: int


@dataclass(frozen=True, slots=True)
class Target:
    """A registered target. `address` is empty when its instance is gone or stopped."""

    id: str
    port: int
    address: str

    @property
    def key(self) -> str:
        """What tells it apart within its group."""
        return f"{self.id}:{self.port}"


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """A target group with its targets."""

    arn: str
    name: str
    protocol: str
    check: Check
    targets: tuple[Target, ...]
    algorithm: str = "round_robin"
    sticky_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A listener's rule, in AWS's shape; the default one has no conditions and comes last."""

    priority: int
    conditions: tuple[dict[str, Any], ...]
    actions: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener. `certificates` are the names of each certificate, the default one first."""

    port: int
    protocol: str
    ssl_policy: str
    certificates: tuple[tuple[str, ...], ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Balancer:
    """An Application Load Balancer and all that it needs to be run."""

    id: str
    name: str
    dns_name: str
    listeners: tuple[Listener, ...]
    groups: tuple[TargetGroup, ...]
    attributes: dict[str, str] = field(default_factory=dict)


def balancers() -> list[Balancer]:
    """List the Application Load Balancers of all regions."""
    return [
        _balancer(account, region, backend, one)
        for account, region, backend in _each()
        for one in list(backend.load_balancers.values())
        if one.type == "application"
    ]


def set_target_health(
    group_arn: str,
    target_id: str,
    port: int,
    state: str,
    reason: str | None = None,
    description: str | None = None,
) -> None:
    """Set what DescribeTargetHealth tells of a target; nothing happens when it is not there."""
    for _, _, backend in _each():
        group = backend.target_groups.get(group_arn)
        name = f"{target_id}:{port}"
        verdict = (state, reason, description)
        if group and name in group.targets and verdicts(group).get(name) != verdict:
            with changes.changing():
                verdicts(group)[name] = verdict


def target_health(group_arn: str, target: Target) -> tuple[str, str | None, str | None] | None:
    """Tell what was set of a target since it was registered."""
    for _, _, backend in _each():
        group = backend.target_groups.get(group_arn)
        if group:
            return verdicts(group).get(target.key)
    return None


def _each() -> Iterator[tuple[str, str, ELBv2Backend]]:
    for account, regions in list(elbv2_backends.items()):
        for region, backend in list(regions.items()):
            yield account, region, backend


def _balancer(account: str, region: str, backend: ELBv2Backend, one: Any) -> Balancer:
    listeners = tuple(
        _listener(account, region, each)
        for each in sorted(one.listeners.values(), key=lambda each: int(each.port))
    )
    used = {arn for each in listeners for rule in each.rules for arn in _arns(rule.actions)}
    groups = tuple(
        _group(account, region, backend.target_groups[arn])
        for arn in sorted(used)
        if arn in backend.target_groups
    )
    return Balancer(
        id=one.arn.rpartition("/")[2],
        name=one.name,
        dns_name=one.dns_name.lower(),
        listeners=listeners,
        groups=groups,
        attributes={name: str(value) for name, value in one.attrs.items()},
    )


def _listener(account: str, region: str, one: Any) -> Listener:
    rules = [
        Rule(int(each.priority), tuple(each.conditions), tuple(act.data for act in each.actions))
        for each in one.rules.values()
        if not each.is_default
    ]
    rules.sort(key=lambda each: each.priority)
    default = Rule(0, (), tuple(each.data for each in one.default_actions))
    store = acm_backends[account][region]
    names = [_names(store, arn) for arn in dict.fromkeys(filter(None, one.certificates))]
    return Listener(
        port=int(one.port),
        protocol=one.protocol,
        ssl_policy=one.ssl_policy or "",
        certificates=tuple(each for each in names if each),
        rules=(*rules, default),
    )


def _names(store: Any, certificate: Any) -> tuple[str, ...]:
    arn = certificate.get("CertificateArn") if isinstance(certificate, dict) else certificate
    found = store._certificates.get(arn)
    if not found:
        return ()
    return tuple(dict.fromkeys([found.common_name, *sorted(found.sans)]))


def _arns(actions: tuple[dict[str, Any], ...]) -> Iterator[str]:
    for action in actions:
        yield from (arn for arn, _ in weights(action))


def weights(action: dict[str, Any]) -> list[tuple[str, int]]:
    """Tell a forward action's target groups, each with its weight."""
    groups = (action.get("ForwardConfig") or {}).get("TargetGroups")
    if groups:
        return [(each["TargetGroupArn"], int(each.get("Weight", 1))) for each in groups]
    return [(action["TargetGroupArn"], 1)] if action.get("TargetGroupArn") else []


def _group(account: str, region: str, one: FakeTargetGroup) -> TargetGroup:
    sticky = one.attributes.get("stickiness.enabled") == "true"
    return TargetGroup(
        arn=one.arn,
        name=one.name,
        protocol=one.protocol or "HTTP",
        check=Check(
            protocol=one.health_check_protocol or "HTTP",
            port=str(one.health_check_port or "traffic-port"),
            path=one.health_check_path or "/",
            codes=(getattr(one, "matcher", None) or {}).get("HttpCode") or "200",
            interval=float(one.health_check_interval_seconds),
            timeout=float(one.health_check_timeout_seconds),
            healthy_after=int(one.healthy_threshold_count),
            unhealthy_after=int(one.unhealthy_threshold_count),
        ),
        targets=tuple(_target(account, region, one, each) for each in list(one.targets.values())),
        algorithm=str(one.attributes.get("load_balancing.algorithm.type", "round_robin")),
        sticky_seconds=int(one.attributes.get("stickiness.lb_cookie.duration_seconds", 86400))
        if sticky
        else 0,
    )


def _target(account: str, region: str, group: FakeTargetGroup, one: dict[str, Any]) -> Target:
    address = str(one["Id"])
    if address.startswith("i-"):
        instance = ec2_backends[account][region].get_instance_by_id(address)
        running = instance is not None and instance.state == "running"
        address = instance.private_ip if running else ""
    return Target(str(one["Id"]), int(key(group, one).rpartition(":")[2]), address)
