"""Descriptions of rules."""


def test_describing_the_default_egress_rule_is_confirmed(aws):
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="app", Description="app", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}]}

    answer = ec2.update_security_group_rule_descriptions_egress(GroupId=group, IpPermissions=[rule])

    assert answer["Return"] is True
    group = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    assert group["IpPermissionsEgress"][0]["IpRanges"][0]["Description"] == "all"
