"""Which targets a group shall have, and how long their going is waited for."""

import pytest
from ansible_collections.groundwork.aws.plugins.modules import elb_targets
from botocore.exceptions import ClientError


@pytest.mark.parametrize(
    ("state", "wanted"),
    [("exact", {"i-2", "i-3"}), ("present", {"i-1", "i-2", "i-3"}), ("absent", {"i-1"})],
)
def test_states(state, wanted):
    assert elb_targets.wanted_targets(state, {"i-1", "i-2"}, {"i-2", "i-3"}) == wanted


class Client:
    """Answers with one set of states after the other, the last one again and again."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def describe_target_health(self, **_):
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return {
            "TargetHealthDescriptions": [
                {"Target": {"Id": name}, "TargetHealth": {"State": state}}
                for name, state in told.items()
            ]
        }


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(elb_targets, "PAUSE", 0)


def test_a_target_is_gone_when_its_last_request_has_ended():
    client = Client({"i-1": "draining"}, {"i-1": "draining"}, {})
    assert elb_targets.wait_for(client, "arn", set(), {"i-1"}, 5) == ""


def test_a_target_is_there_when_it_is_healthy():
    client = Client({"i-1": "initial"}, {"i-1": "unhealthy"}, {"i-1": "healthy"})
    assert elb_targets.wait_for(client, "arn", {"i-1"}, set(), 5) == ""


def test_what_did_not_come_about_is_told():
    client = Client({"i-1": "unhealthy", "i-2": "draining"})
    told = elb_targets.wait_for(client, "arn", {"i-1"}, {"i-2"}, 0)
    assert told == "after 0 seconds i-1 is unhealthy, i-2 is draining"


def test_a_target_does_not_go_where_no_healthy_one_is_left():
    known = {"i-1": "healthy", "i-2": "unhealthy"}
    assert "i-2 is unhealthy" in elb_targets.too_few(known, {"i-1"}, 1)
    assert elb_targets.too_few(known, {"i-2"}, 1) == ""
    assert elb_targets.too_few(known, set(), 2) == ""
    assert elb_targets.too_few({"i-1": "healthy"}, {"i-1"}, 0) == ""


class Starting:
    """Refuses a target until it has been asked for some times."""

    def __init__(self, times: int, code: str = "InvalidTarget") -> None:
        self.times, self.code, self.asked = times, code, 0

    def register_targets(self, **_):
        self.asked += 1
        if self.asked <= self.times:
            message = "The following targets are not in a running state and cannot be registered"
            raise ClientError({"Error": {"Code": self.code, "Message": message}}, "RegisterTargets")


def test_an_instance_that_was_just_made_is_waited_for():
    client = Starting(3)
    elb_targets.register(client, "arn", [{"Id": "i-1"}], 5)
    assert client.asked == 4


@pytest.mark.parametrize(("code", "timeout"), [("InvalidTarget", -1), ("TargetGroupNotFound", 5)])
def test_what_does_not_pass_is_not_waited_for(code, timeout):
    with pytest.raises(ClientError, match=code):
        elb_targets.register(Starting(9, code), "arn", [], timeout)
