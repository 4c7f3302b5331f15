"""A search by tags finds what AWS would."""

from collections.abc import Callable
from typing import Any

Aws = Callable[[str], Any]
TAGS = [{"Key": "Project", "Value": "p"}]


def found(aws: Aws) -> set[str]:
    pages = aws("resourcegroupstaggingapi").get_paginator("get_resources")
    return {
        one["ResourceARN"]
        for page in pages.paginate(TagFilters=[{"Key": "Project", "Values": ["p"]}])
        for one in page["ResourceTagMappingList"]
    }


def test_resources_of_more_kinds(aws: Aws) -> None:
    ec2, elb, rds, route53 = aws("ec2"), aws("elbv2"), aws("rds"), aws("route53")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=zone)["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate(("us-east-1a", "us-east-1b"))
    ]
    address = ec2.allocate_address(
        Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": TAGS}]
    )["AllocationId"]
    balancer = elb.create_load_balancer(Name="lb", Subnets=subnets)["LoadBalancers"][0]
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[fixed],
        Tags=TAGS,
    )["Listeners"][0]["ListenerArn"]
    group = rds.create_db_parameter_group(
        DBParameterGroupName="pg", DBParameterGroupFamily="postgres15", Description="d", Tags=TAGS
    )["DBParameterGroup"]["DBParameterGroupArn"]
    places = rds.create_db_subnet_group(
        DBSubnetGroupName="sn", DBSubnetGroupDescription="d", SubnetIds=subnets, Tags=TAGS
    )["DBSubnetGroup"]["DBSubnetGroupArn"]
    repository = aws("ecr").create_repository(repositoryName="repo", tags=TAGS)["repository"]
    zone = route53.create_hosted_zone(Name="x.test", CallerReference="1")["HostedZone"]["Id"]
    identity = zone.rpartition("/")[2]
    route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=identity, AddTags=TAGS)
    assert found(aws) == {
        f"arn:aws:ec2:us-east-1:123456789012:elastic-ip/{address}",
        listener,
        group,
        places,
        repository["repositoryArn"],
        f"arn:aws:route53:::hostedzone/{identity}",
    }


def test_flow_logs_and_trails(aws: Aws) -> None:
    ec2 = aws("ec2")
    aws("s3").create_bucket(Bucket="logs")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    (log,) = ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc],
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::logs/flow-logs",
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": TAGS}],
    )["FlowLogIds"]
    trail = aws("cloudtrail").create_trail(Name="events", S3BucketName="logs", TagsList=TAGS)
    assert found(aws) == {
        f"arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/{log}",
        trail["TrailARN"],
    }
