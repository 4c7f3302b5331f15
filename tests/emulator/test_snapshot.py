"""Records survive a kill."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.emulator.conftest import KEYS
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
LAST = b"last.test"
"""The name of what create() makes last."""


class Process:
    """An emulator in a process of its own."""

    def __init__(self, snapshot: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lab.emulator", "--port", "0", "--snapshot", str(snapshot)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip().partition("=")[2]

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self.url, **KEYS)

    def end(self, number: int) -> str:
        """Send a signal; tells what stood on stderr."""
        os.kill(self.process.pid, number)
        return self.process.communicate(timeout=PATIENCE)[1]


def create(one: Process) -> dict[str, Any]:
    """Create one of everything; tell what to find again."""
    ec2 = one.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=f"us-east-1{z}")[
            "Subnet"
        ]["SubnetId"]
        for n, z in enumerate("ab")
    ]
    image = ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
    ec2.create_key_pair(KeyName="k")
    # A listing that is not read to its end.
    ec2.create_tags(Resources=subnets, Tags=[{"Key": "a", "Value": "b"}])
    one.client("resourcegroupstaggingapi").get_resources(ResourcesPerPage=1)
    one.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    instance = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnets[0], UserData="hello", KeyName="k"
    )["Instances"][0]["InstanceId"]
    elb = one.client("elbv2")
    balancer = elb.create_load_balancer(Name="lb", Subnets=subnets)["LoadBalancers"][0]
    group = elb.create_target_group(Name="tg", Protocol="HTTP", Port=80, VpcId=vpc)
    group_arn = group["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=group_arn, Targets=[{"Id": instance}])
    one.client("s3").create_bucket(Bucket="bucket")
    one.client("s3").put_object(Bucket="bucket", Key="a/b", Body=b"content")
    one.client("rds").create_db_instance(
        DBInstanceIdentifier="db",
        Engine="postgres",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="app",
        MasterUserPassword="a-password-of-the-test",
    )
    cache = one.client("elasticache").create_replication_group(
        ReplicationGroupId="rg", ReplicationGroupDescription="d", NumCacheClusters=2
    )["ReplicationGroup"]
    one.client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    one.client("dynamodb").put_item(TableName="t", Item={"id": {"S": "x"}})
    one.client("ecr").create_repository(repositoryName="repo")
    one.client("logs").create_log_group(logGroupName="/g")
    one.client("sqs").create_queue(QueueName="q")
    one.client("sns").create_topic(Name="topic")
    zone = one.client("route53").create_hosted_zone(Name="x.test", CallerReference="1")
    asymmetric = one.client("kms").create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")
    return {
        "vpc": vpc,
        "instance": instance,
        "balancer": balancer["DNSName"],
        "group": group_arn,
        "endpoint": cache["NodeGroups"][0]["PrimaryEndpoint"]["Address"],
        "zone": zone["HostedZone"]["Id"],
        "key": asymmetric["KeyMetadata"]["KeyId"],
        "secret": one.client("secretsmanager").create_secret(Name="s", SecretString="v")["ARN"],
        "certificate": one.client("acm").request_certificate(
            DomainName=LAST.decode(), ValidationMethod="DNS"
        )["CertificateArn"],
    }


def read(one: Process, made: dict[str, Any]) -> dict[str, Any]:
    """Read the same again."""
    ec2, elb = one.client("ec2"), one.client("elbv2")
    reservation = ec2.describe_instances(InstanceIds=[made["instance"]])["Reservations"][0]
    groups = elb.describe_target_health(TargetGroupArn=made["group"])["TargetHealthDescriptions"]
    assert groups[0]["Target"]["Id"] == made["instance"]
    assert one.client("s3").get_object(Bucket="bucket", Key="a/b")["Body"].read() == b"content"
    assert one.client("dynamodb").scan(TableName="t")["Count"] == 1
    assert one.client("rds").describe_db_instances()["DBInstances"][0]["MasterUsername"] == "app"
    assert one.client("ecr").describe_repositories()["repositories"][0]["repositoryName"] == "repo"
    assert one.client("logs").describe_log_groups()["logGroups"][0]["logGroupName"] == "/g"
    assert one.client("iam").get_role(RoleName="r")["Role"]["RoleName"] == "r"
    assert len(one.client("sqs").list_queues()["QueueUrls"]) == 1
    assert len(one.client("sns").list_topics()["Topics"]) == 1
    signed = one.client("kms").sign(
        KeyId=made["key"], Message=b"m", SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256"
    )
    cache = one.client("elasticache").describe_replication_groups()["ReplicationGroups"][0]
    secret = one.client("secretsmanager").get_secret_value(SecretId="s")
    certificate = one.client("acm").list_certificates()["CertificateSummaryList"][0]
    return {
        "vpc": ec2.describe_vpcs(VpcIds=[made["vpc"]])["Vpcs"][0]["VpcId"],
        "instance": reservation["Instances"][0]["InstanceId"],
        "balancer": elb.describe_load_balancers()["LoadBalancers"][0]["DNSName"],
        "group": elb.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"],
        "endpoint": cache["NodeGroups"][0]["PrimaryEndpoint"]["Address"],
        "zone": one.client("route53").list_hosted_zones()["HostedZones"][0]["Id"],
        "key": signed["KeyId"].rpartition("/")[2],
        "secret": secret["ARN"],
        "certificate": certificate["CertificateArn"],
    }


def test_all_is_there_after_a_kill(tmp_path: Path) -> None:
    snapshot = tmp_path / "records.pickle"
    first = Process(snapshot)
    made = create(first)
    until(lambda: LAST in snapshot.read_bytes() if snapshot.exists() else False)
    assert first.end(signal.SIGKILL) == ""
    assert snapshot.stat().st_mode & 0o777 == 0o600
    second = Process(snapshot)
    assert read(second, made) == made
    # And it still works: new things beside old ones.
    second.client("ec2").create_tags(Resources=[made["vpc"]], Tags=[{"Key": "a", "Value": "b"}])
    second.end(signal.SIGTERM)
    third = Process(snapshot)
    vpc = third.client("ec2").describe_vpcs(VpcIds=[made["vpc"]])["Vpcs"][0]
    assert vpc["Tags"] == [{"Key": "a", "Value": "b"}]
    third.end(signal.SIGTERM)


@pytest.mark.parametrize("content", [b"", b"not a pickle", b"\x80\x05N."])
def test_a_broken_file_is_put_aside(tmp_path: Path, content: bytes) -> None:
    snapshot = tmp_path / "records.pickle"
    snapshot.write_bytes(content)
    one = Process(snapshot)
    assert one.client("sqs").list_queues().get("QueueUrls") is None
    told = one.end(signal.SIGTERM)
    assert "cannot be read" in told and str(snapshot) in told
    aside = [path for path in tmp_path.iterdir() if ".broken-" in path.name]
    assert [path.read_bytes() for path in aside] == [content]
