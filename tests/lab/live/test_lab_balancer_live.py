"""A load balancer in the running lab: listeners, rules, health, and no failed request."""

import http.client
import http.server
import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest

from tests.lab.live.services import SETTINGS, client, containers
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.lab

NAME = "lab-live-test"


class Server:
    """A server on the lab's gateway, which can fall sick."""

    def __init__(self, name: str, port: int) -> None:
        server, self.port, self.sick = self, port, False

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = f"{name} {self.headers.get('X-Forwarded-Proto')}".encode()
                self.send_response(503 if server.sick and self.path == "/health" else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        address = (str(SETTINGS.gateway), port)
        self._server = http.server.ThreadingHTTPServer(address, Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def servers() -> Iterator[list[Server]]:
    started = [Server("one", 18191), Server("two", 18192)]
    yield started
    for server in started:
        server.close()


@pytest.fixture(scope="module")
def balancer(servers: list[Server]) -> Iterator[dict[str, str]]:
    """A balancer with HTTP to HTTPS and one target; tells address, target group, listener."""
    ec2, elb, acm = client("ec2"), client("elbv2"), client("acm")
    vpc = ec2.create_vpc(CidrBlock="10.29.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.29.{n}.0/24", AvailabilityZone=zone)["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate(("us-east-1a", "us-east-1b"))
    ]
    certificate = acm.request_certificate(DomainName="live.test", ValidationMethod="DNS")
    arn = elb.create_load_balancer(Name=NAME, Subnets=subnets)["LoadBalancers"][0][
        "LoadBalancerArn"
    ]
    group = elb.create_target_group(
        Name=NAME, Protocol="HTTP", Port=servers[0].port, VpcId=vpc, TargetType="ip",
        HealthCheckPath="/health", HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2,
        HealthyThresholdCount=2, UnhealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
    elb.modify_target_group_attributes(
        TargetGroupArn=group,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "2"}],
    )
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    elb.create_listener(
        LoadBalancerArn=arn, Protocol="HTTP", Port=80,
        DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}],
    )  # fmt: skip
    listener = elb.create_listener(
        LoadBalancerArn=arn, Protocol="HTTPS", Port=443,
        Certificates=[{"CertificateArn": certificate["CertificateArn"]}],
        SslPolicy="ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )["Listeners"][0]["ListenerArn"]  # fmt: skip
    register(group, servers[0])
    identity = arn.rpartition("/")[2]
    try:
        until(lambda: health(group) == {servers[0].port: "healthy"})
        until(lambda: identity in containers().find("balancer"))
        address = str(containers().find("balancer")[identity].address)
        yield {"address": address, "group": group, "listener": listener}
    finally:
        elb.delete_load_balancer(LoadBalancerArn=arn)
        elb.delete_target_group(TargetGroupArn=group)
        acm.delete_certificate(CertificateArn=certificate["CertificateArn"])
        for subnet in subnets:
            ec2.delete_subnet(SubnetId=subnet)
        ec2.delete_vpc(VpcId=vpc)
        until(lambda: containers().get("balancer", identity) is None)


def register(group: str, server: Server, verb: str = "register_targets") -> None:
    target = {"Id": str(SETTINGS.gateway), "Port": server.port}
    getattr(client("elbv2"), verb)(TargetGroupArn=group, Targets=[target])


def health(group: str) -> dict[int, str]:
    told = client("elbv2").describe_target_health(TargetGroupArn=group)
    return {
        one["Target"]["Port"]: one["TargetHealth"]["State"]
        for one in told["TargetHealthDescriptions"]
    }


class Visitor:
    """Asks over TLS, with the certificate's name checked."""

    def __init__(self, address: str) -> None:
        context = ssl.create_default_context(cafile=str(SETTINGS.ca))
        self._connection = http.client.HTTPSConnection(
            "live.test", timeout=PATIENCE, context=context
        )
        # The name is checked, the address is the balancer's: no resolver is asked.
        self._connection._create_connection = (  # type: ignore[attr-defined]
            lambda *_: socket.create_connection((address, 443), timeout=PATIENCE)
        )

    def get(self, path: str = "/") -> tuple[int, str]:
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        return answer.status, answer.read().decode()


def test_http_leads_to_https(balancer: dict[str, str]) -> None:
    connection = http.client.HTTPConnection(balancer["address"], timeout=PATIENCE)
    connection.request("GET", "/a?b=c", headers={"Host": "live.test"})
    answer = connection.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == "https://live.test/a?b=c"


def test_https_reaches_the_target(balancer: dict[str, str]) -> None:
    assert Visitor(balancer["address"]).get() == (200, "one https")


def test_a_rule_is_taken(balancer: dict[str, str]) -> None:
    client("elbv2").create_rule(
        ListenerArn=balancer["listener"], Priority=5,
        Conditions=[{"Field": "path-pattern", "Values": ["/closed*"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )  # fmt: skip
    until(lambda: Visitor(balancer["address"]).get("/closed/now")[0] == 404)
    assert Visitor(balancer["address"]).get("/open")[0] == 200


def test_no_request_fails_while_targets_change(
    balancer: dict[str, str], servers: list[Server]
) -> None:
    group, stop, seen = balancer["group"], threading.Event(), []

    def visit() -> None:
        visitor = Visitor(balancer["address"])
        while not stop.is_set():
            try:
                seen.append(visitor.get())
            except OSError as error:
                seen.append((0, repr(error)))
                visitor = Visitor(balancer["address"])
            time.sleep(0.01)

    visitors = [threading.Thread(target=visit) for _ in range(3)]
    for visitor in visitors:
        visitor.start()
    try:
        register(group, servers[1])
        until(lambda: health(group).get(servers[1].port) == "healthy")
        until(lambda: (200, "two https") in seen)
        register(group, servers[0], "deregister_targets")
        assert health(group)[servers[0].port] == "draining"
        until(lambda: servers[0].port not in health(group))
        seen_so_far = len(seen)
        until(lambda: len(seen) > seen_so_far + 30)
        assert {text for _, text in seen[seen_so_far:]} == {"two https"}
        register(group, servers[0])
        until(lambda: health(group)[servers[0].port] == "healthy")
        servers[1].sick = True
        until(lambda: health(group)[servers[1].port] == "unhealthy")
        until(lambda: {text for _, text in seen[-30:]} == {"one https"})
        servers[1].sick = False
        until(lambda: health(group)[servers[1].port] == "healthy")
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join()
    assert [one for one in seen if one[0] != 200] == []
    assert len(seen) > 100
