"""A VPC's default group is emptied, and a rule that somebody adds to it is told and taken out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from one_module import Kept

SSH = {
    "IpProtocol": "tcp",
    "FromPort": 22,
    "ToPort": 22,
    "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "for a moment"}],
}


def test_it_is_emptied_once_and_a_rule_by_hand_is_told(aws: Callable[[str], Any]) -> None:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    keep = Kept(aws, "default_security_group:DefaultGroup", {"name": "shop-qa", "vpc_id": vpc})
    planned, done = keep.run(check=True), keep.run()
    assert planned["changed"] and done["changed"]
    assert planned["diff"] == done["diff"] == {"before": {}, "after": {"rules": [], "tags": {}}}
    assert not keep.run()["changed"]

    ec2.authorize_security_group_ingress(GroupId=done["group_id"], IpPermissions=[SSH])
    planned, done = keep.run(check=True), keep.run()
    told = {"before": {"rules": ["tcp 22 from 0.0.0.0/0 (for a moment)"]}, "after": {"rules": []}}
    assert planned["diff"] == done["diff"] == told
    assert done["called"] == ["RevokeSecurityGroupIngress"]
    assert not keep.run()["changed"]
