"""The proxy of a load balancer does what the listeners and rules of its record say."""

import shutil
import subprocess
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from lab import haproxy
from lab.emulator.balancing import Balancer, Check, Listener, Rule, Target, TargetGroup

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/0123456789abcdef"
OTHER = ARN.replace("api/0123", "web/9876")
ADDRESS = IPv4Address("10.16.1.1")
CHECK = Check("HTTP", "traffic-port", "/health", "200", 10, 5, 2, 2)


def forward(*arns: str, weights: tuple[int, ...] = ()) -> dict[str, Any]:
    groups = [
        {"TargetGroupArn": arn, "Weight": weight}
        for arn, weight in zip(arns, weights or (1,) * len(arns), strict=True)
    ]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}


def redirect(**config: str) -> dict[str, Any]:
    return {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", **config}}


def balancer(*rules: Rule, protocol: str = "HTTP", **attributes: str) -> Balancer:
    return Balancer(
        id="1234",
        name="lb",
        dns_name="lb-1.us-east-1.elb.amazonaws.com",
        listeners=(Listener(8080, protocol, "", (), rules),),
        groups=tuple(
            TargetGroup(arn, "g", "HTTP", CHECK, (Target("i-1", 3000, "10.20.0.5"),))
            for arn in (ARN, OTHER)
        ),
        attributes=attributes,
    )


def written(*rules: Rule, **more: Any) -> str:
    return haproxy.configuration(balancer(*rules, **more), ADDRESS, {ARN: {3: "10.20.0.5:3000"}})


def default(action: dict[str, Any]) -> Rule:
    return Rule(0, (), (action,))


def test_forwards_by_default() -> None:
    text = written(default(forward(ARN)))
    assert f"  use_backend {haproxy.backend_name(ARN)} if {{ var(txn.rule) -m int 0 }}" in text
    assert "  bind 10.16.1.1:8080\n" in text


def test_only_assigned_slots_take_traffic() -> None:
    text = written(default(forward(ARN)))
    backend = text.split(f"\nbackend {haproxy.backend_name(ARN)}")[1].split("\nbackend ")[0]
    taking = [
        line for line in backend.splitlines() if " server " in line and "disabled" not in line
    ]
    assert taking == ["  server slot3 10.20.0.5:3000"]
    assert backend.count(" server slot") == haproxy.SLOTS


def test_the_first_matching_rule_wins() -> None:
    path = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*", "/v?"]}}
    host = {"Field": "host-header", "Values": ["*.qa.test"]}
    text = written(Rule(10, (path, host), (forward(OTHER),)), default(forward(ARN)))
    assert "acl rule0_0 path -m reg '^/api/.*$'" in text
    assert "acl rule0_0 path -m reg '^/v.$'" in text
    assert r"acl rule0_1 req.hdr(host),field(1,:) -i -m reg '^.*\.qa\.test$'" in text
    assert "set-var(txn.rule) int(0) if !{ var(txn.rule) -m found } rule0_0 rule0_1" in text
    assert "set-var(txn.rule) int(1) if !{ var(txn.rule) -m found }\n" in text


def test_a_rule_of_an_unknown_condition_never_matches() -> None:
    text = written(Rule(1, ({"Field": "moon-phase"},), (forward(OTHER),)), default(forward(ARN)))
    assert "int(0) if !{" not in text


def test_redirects_to_https() -> None:
    text = written(default(redirect(Protocol="HTTPS", Port="443")))
    assert "redirect location https://%[req.hdr(host),field(1,:)]/%[path,regsub(^/,)]" in text
    assert "code 301 if" in text and ":443" not in text.split("location ")[1].split()[0]


def test_weights_share_the_traffic() -> None:
    text = written(default(forward(ARN, OTHER, weights=(9, 1))))
    assert "set-var(txn.dice) rand(10)" in text
    assert f"{haproxy.backend_name(ARN)} if {{ var(txn.rule) -m int 0 }} {{ var(txn.dice)" in text
    assert "-m int lt 10 }" in text
    assert "dice" not in written(default(forward(ARN, OTHER, weights=(1, 0))))


@pytest.mark.parametrize(
    ("policy", "version"),
    [
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", "TLSv1.3"),
        ("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "TLSv1.2"),
        ("ELBSecurityPolicy-TLS-1-2-Ext-2018-06", "TLSv1.2"),
        ("ELBSecurityPolicy-TLS-1-1-2017-01", "TLSv1.1"),
        ("ELBSecurityPolicy-2016-08", "TLSv1.0"),
    ],
)
def test_the_policy_sets_the_lowest_version(policy: str, version: str) -> None:
    assert haproxy.tls_minimum(policy) == version


def test_commands_move_servers() -> None:
    name = haproxy.backend_name(ARN)
    assert haproxy.commands(ARN, {1: "10.0.0.1:80"}, {1: "10.0.0.1:80"}) == []
    assert haproxy.commands(ARN, {1: "10.0.0.1:80"}, {2: "10.0.0.2:81"}) == [
        f"set server {name}/slot1 state maint",
        f"set server {name}/slot2 addr 10.0.0.2 port 81",
        f"set server {name}/slot2 state ready",
    ]


@pytest.mark.skipif(not shutil.which("haproxy"), reason="checks with haproxy where it is installed")
def test_haproxy_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "haproxy.cfg"
    path.write_text(everything(), encoding="utf-8")
    done = subprocess.run(["haproxy", "-c", "-f", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def everything() -> str:
    """Write a configuration with one of each."""
    conditions = (
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/it's/a b/*"]}},
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["a.test"]}},
        {
            "Field": "http-header",
            "HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["y*"]},
        },
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET", "HEAD"]}},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
        {
            "Field": "query-string",
            "QueryStringConfig": {"Values": [{"Key": "v", "Value": "*"}, {"Value": "x"}]},
        },
    )
    fixed = {
        "Type": "fixed-response",
        "FixedResponseConfig": {
            "StatusCode": "503",
            "ContentType": "text/html",
            "MessageBody": "it's <b>down</b> for 100%",
        },
    }
    empty = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    rules = [Rule(40, conditions[:1], (empty,))]
    rules += [Rule(n, (one,), (fixed,)) for n, one in enumerate(conditions, start=1)]
    rules.append(Rule(50, conditions, (redirect(Path="/new/#{path}", Query="a=1&#{query}"),)))
    rules.append(Rule(60, conditions[:1], ({"Type": "authenticate-oidc"},)))
    return written(*rules, default(forward(ARN, OTHER, weights=(2, 1))))
