"""A target's health as an Application Load Balancer finds it out."""

import http.client
import ssl
from dataclasses import dataclass, field

from lab.emulator.balancing import Check, Target

State = tuple[str, str | None, str | None]
HEALTHY: State = ("healthy", None, None)
INITIAL: State = (
    "initial", "Elb.InitialHealthChecking", "Initial health checks in progress",
)  # fmt: skip
_PLAIN = ssl.create_default_context()
_PLAIN.check_hostname = False  # as ALB, which takes any certificate of a target
_PLAIN.verify_mode = ssl.CERT_NONE


def ask(check: Check, target: Target) -> State:
    """Ask a target once. The state is `healthy`, or `unhealthy` with the reason."""
    port = target.port if check.port == "traffic-port" else int(check.port)
    if check.protocol == "HTTPS":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            target.address, port, timeout=check.timeout, context=_PLAIN
        )
    else:
        connection = http.client.HTTPConnection(target.address, port, timeout=check.timeout)
    try:
        connection.request("GET", check.path, headers={"User-Agent": "ELB-HealthChecker/2.0"})
        status = connection.getresponse().status
    except TimeoutError:
        return "unhealthy", "Target.Timeout", "Request timed out"
    except (OSError, http.client.HTTPException):
        return "unhealthy", "Target.FailedHealthChecks", "Health checks failed"
    finally:
        connection.close()
    if matches(check.codes, status):
        return HEALTHY
    text = f"Health checks failed with these codes: [{status}]"
    return "unhealthy", "Target.ResponseCodeMismatch", text


def matches(codes: str, status: int) -> bool:
    """Say whether a status is one of `200`, `200,202` or `200-299`."""
    for part in codes.split(","):
        low, _, high = part.partition("-")
        if int(low) <= status <= int(high or low):
            return True
    return False


@dataclass
class Watch:
    """What is known of one target. Times are those of a monotonic clock, in seconds.

    A new target must pass one check to be healthy; later it takes the group's thresholds.
    """

    state: State = INITIAL
    due: float = 0.0
    passed: int = field(default=0)
    failed: int = field(default=0)

    def learn(self, found: State, check: Check, now: float) -> bool:
        """Take in the result of a check. Say whether the state has changed."""
        self.due = now + check.interval
        before = self.state
        if found[0] == "healthy":
            self.passed, self.failed = self.passed + 1, 0
            if before[0] == "initial" or self.passed >= check.healthy_after:
                self.state = HEALTHY
        else:
            self.passed, self.failed = 0, self.failed + 1
            if before[0] == "unhealthy" or self.failed >= check.unhealthy_after:
                self.state = found
        return self.state != before
