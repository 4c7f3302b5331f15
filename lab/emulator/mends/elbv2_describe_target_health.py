"""Targets are told apart by id and port, and their health is what somebody found out.

API reference, TargetHealth: `initial` after registration, `unused` while no load balancer sends
traffic to the group, `draining` for the deregistration delay, else what the checks say. moto 5.2
calls every registered target healthy, forgets a deregistered one at once, and cannot hold one
instance on two ports.

The lab's balancer sets verdicts through `balancing.set_target_health`; while it follows the
records, a target without a verdict is `initial`. Without it nothing checks and nothing drains.
"""

import time
from typing import Any

from moto.elbv2.exceptions import InvalidTargetError, TargetNotRunning
from moto.elbv2.models import ELBv2Backend, FakeHealthStatus, FakeTargetGroup

from lab.emulator import followed
from lab.emulator.mends import mend

Verdict = tuple[str, str | None, str | None]
INITIAL = ("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
UNUSED = (
    "unused",
    "Target.NotInUse",
    "Target group is not configured to receive traffic from the load balancer",
)
STOPPED = ("unused", "Target.InvalidState", "Target is in the stopped state")
DRAINING = (
    "draining",
    "Target.DeregistrationInProgress",
    "Target deregistration is in progress",
)
ABSENT = ("unused", "Target.NotRegistered", "Target is not registered to the target group")


def key(group: FakeTargetGroup, target: dict[str, Any]) -> str:
    """What tells a target apart within its group."""
    return f"{target['Id']}:{target.get('Port') or group.port}"


def verdicts(group: FakeTargetGroup) -> dict[str, Verdict]:
    """The verdicts on a group's targets, by `key`."""
    return group.__dict__.setdefault("verdicts", {})


def draining(group: FakeTargetGroup) -> dict[str, float]:
    """The targets still draining, with the time (Unix seconds) when each is done."""
    ends = group.__dict__.setdefault("draining", {})
    for name in [name for name, end in ends.items() if end <= time.time()]:
        del ends[name]
    return ends


@mend(FakeTargetGroup, "register")
def _register(_: Any, self: FakeTargetGroup, targets: list[dict[str, Any]]) -> None:
    for target in targets:
        instance = self.ec2_backend.get_instance_by_id(target["Id"])
        if instance and instance.state != "running":
            raise TargetNotRunning(instance_id=target["Id"])
        name = key(self, target)
        if draining(self).pop(name, None) or name not in self.targets:
            verdicts(self).pop(name, None)
        port = int(target.get("Port") or self.port)
        self.targets[name] = {"Id": target["Id"], "Port": port}


@mend(FakeTargetGroup, "deregister")
def _deregister(_: Any, self: FakeTargetGroup, targets: list[dict[str, Any]]) -> None:
    for target in targets:
        names = [key(self, target)]
        if not target.get("Port"):
            names = [name for name, one in self.targets.items() if one["Id"] == target["Id"]]
        if not names or any(name not in self.targets for name in names):
            raise InvalidTargetError()
        for name in names:
            _drain(self, name)


def _drain(group: FakeTargetGroup, name: str) -> None:
    del group.targets[name]
    verdicts(group).pop(name, None)
    if followed.is_followed("balancer") and group.load_balancer_arns:
        delay = float(group.attributes["deregistration_delay.timeout_seconds"])
        draining(group)[name] = time.time() + delay


@mend(FakeTargetGroup, "deregister_terminated_instances")
def _deregister_terminated(_: Any, self: FakeTargetGroup, instance_ids: list[str]) -> None:
    for name, target in list(self.targets.items()):
        if target["Id"] in instance_ids:
            _drain(self, name)


@mend(FakeTargetGroup, "health_for")
def _health_for(
    _: Any, self: FakeTargetGroup, target: dict[str, Any], ec2_backend: Any
) -> FakeHealthStatus:
    name = key(self, target)
    port = int(name.rpartition(":")[2])
    verdict = _verdict(self, name, ec2_backend)
    return FakeHealthStatus(target["Id"], port, str(_check_port(self, port)), *verdict)


def _verdict(group: FakeTargetGroup, name: str, ec2_backend: Any) -> Verdict:
    if name in draining(group):
        return DRAINING
    if name not in group.targets:
        return ABSENT
    instance = ec2_backend.get_instance_by_id(name.partition(":")[0])
    if instance and instance.state == "stopped":
        return STOPPED
    if not group.load_balancer_arns:
        return UNUSED
    unchecked = INITIAL if followed.is_followed("balancer") else ("healthy", None, None)
    return verdicts(group).get(name, unchecked)


def _check_port(group: FakeTargetGroup, port: int) -> int | str:
    return port if group.health_check_port == "traffic-port" else group.health_check_port or port


@mend(ELBv2Backend, "describe_target_health")
def _describe(
    original: Any, self: ELBv2Backend, target_group_arn: str, targets: list[dict[str, Any]]
) -> list[FakeHealthStatus]:
    group = self.target_groups.get(target_group_arn)
    if targets and group:
        found = [one for target in targets for one in _matching(group, target)]
        return original(self, target_group_arn, found)
    answer = original(self, target_group_arn, targets)
    for name in draining(group) if group else ():
        target, _, port = name.rpartition(":")
        answer.append(group.health_for({"Id": target, "Port": int(port)}, self.ec2_backend))
    return answer


def _matching(group: FakeTargetGroup, target: dict[str, Any]) -> list[dict[str, Any]]:
    if target.get("Port"):
        return [target]
    return [one for one in group.targets.values() if one["Id"] == target["Id"]] or [target]
