"""Targets become healthy and unhealthy as behind an Application Load Balancer."""

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest

from lab.emulator.balancing import Check, Target
from lab.healthcheck import HEALTHY, Watch, ask, matches

SICK = ("unhealthy", "Target.Timeout", "Request timed out")
CHECK = Check("HTTP", "traffic-port", "/health", "200", 10, 1, 3, 2)


@pytest.fixture
def serve() -> Iterator[Callable[[int], Target]]:
    servers = []

    def start(status: int) -> Target:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status if self.path == "/health" else 404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return Target("i-1", server.server_address[1], "127.0.0.1")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("codes", "status", "met"),
    [("200", 200, True), ("200,202", 202, True), ("200-299", 204, True), ("200-299", 301, False)],
)
def test_codes(codes: str, status: int, met: bool) -> None:
    assert matches(codes, status) is met


def test_a_target_that_answers(serve: Callable[[int], Target]) -> None:
    assert ask(CHECK, serve(200)) == HEALTHY


def test_a_target_with_another_code(serve: Callable[[int], Target]) -> None:
    assert ask(CHECK, serve(503)) == (
        "unhealthy",
        "Target.ResponseCodeMismatch",
        "Health checks failed with these codes: [503]",
    )


def test_a_target_that_is_not_there() -> None:
    assert ask(CHECK, Target("i-1", 1, "127.0.0.1"))[1] == "Target.FailedHealthChecks"


def test_a_new_target_needs_one_good_check() -> None:
    watch = Watch()
    assert watch.learn(HEALTHY, CHECK, 100.0)
    assert watch.state == HEALTHY and watch.due == 110.0


def test_a_new_target_fails_after_the_threshold() -> None:
    watch = Watch()
    assert not watch.learn(SICK, CHECK, 0)
    assert watch.state[0] == "initial"
    assert watch.learn(SICK, CHECK, 10)
    assert watch.state == SICK


def test_thresholds_go_both_ways() -> None:
    watch = Watch(state=HEALTHY)
    results = [SICK, HEALTHY, SICK, SICK, HEALTHY, HEALTHY, HEALTHY]
    seen = []
    for found in results:
        watch.learn(found, CHECK, 0)
        seen.append(watch.state[0])
    assert seen == ["healthy"] * 3 + ["unhealthy"] * 3 + ["healthy"]
