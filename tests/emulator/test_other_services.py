"""EC2, ACM, DynamoDB, IAM and KMS answer as AWS does."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from lab.emulator.mends import ec2_public_address

Aws = Callable[[str], Any]


@pytest.fixture
def subnet(aws: Aws) -> str:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    return ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.0.0/24")["Subnet"]["SubnetId"]


def test_debians_images_are_found(aws: Aws) -> None:
    found = aws("ec2").describe_images(
        Owners=["136693071363"],
        Filters=[
            {"Name": "name", "Values": ["debian-13-amd64-*"]},
            {"Name": "architecture", "Values": ["x86_64"]},
        ],
    )["Images"]
    newest = max(found, key=lambda one: one["CreationDate"])
    assert newest["Name"].startswith("debian-13-amd64-2025")
    assert newest["RootDeviceName"] == "/dev/xvda"
    assert newest["BlockDeviceMappings"]


@pytest.mark.parametrize("public", [True, False])
def test_a_subnet_gives_public_addresses(aws: Aws, subnet: str, public: bool) -> None:
    network = IPv4Network("10.31.0.0/16")
    before = ec2_public_address._network
    ec2_public_address.use_network(network)
    try:
        ec2 = aws("ec2")
        ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": public})
        image = ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
        made = ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2, SubnetId=subnet)
        shown = ec2.describe_instances(
            InstanceIds=[one["InstanceId"] for one in made["Instances"]]
        )["Reservations"][0]["Instances"]
    finally:
        ec2_public_address.use_network(before)
    addresses = {one.get("PublicIpAddress") for one in shown}
    if public:
        assert len(addresses) == 2
        assert all(IPv4Address(one) in network for one in addresses)
        assert shown[0]["PublicDnsName"].startswith("ec2-10-31-")
    else:
        assert addresses == {None}


def test_a_nat_gateways_tags_are_found_by_its_type(aws: Aws, subnet: str) -> None:
    ec2 = aws("ec2")
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    tags = [{"Key": "Project", "Value": "p"}]
    gateway = ec2.create_nat_gateway(
        SubnetId=subnet,
        AllocationId=allocation,
        TagSpecifications=[{"ResourceType": "natgateway", "Tags": tags}],
    )["NatGateway"]["NatGatewayId"]
    found = ec2.describe_tags(
        Filters=[
            {"Name": "resource-id", "Values": [gateway]},
            {"Name": "resource-type", "Values": ["natgateway"]},
        ]
    )["Tags"]
    assert [(one["Key"], one["ResourceType"]) for one in found] == [("Project", "natgateway")]


def test_a_certificate_waits_for_its_records(aws: Aws) -> None:
    acm, route53 = aws("acm"), aws("route53")
    arn = acm.request_certificate(
        DomainName="x.test", SubjectAlternativeNames=["*.x.test", "y.test"], ValidationMethod="DNS"
    )["CertificateArn"]

    def told() -> dict[str, Any]:
        return acm.describe_certificate(CertificateArn=arn)["Certificate"]

    assert told()["Status"] == "PENDING_VALIDATION" and "NotAfter" not in told()
    records = {
        (one["ResourceRecord"]["Name"], one["ResourceRecord"]["Value"])
        for one in told()["DomainValidationOptions"]
    }
    assert len(records) == 2  # x.test and *.x.test share one
    for name, value in sorted(records):
        assert told()["Status"] == "PENDING_VALIDATION"
        zone = route53.create_hosted_zone(
            Name=name.split(".", 1)[1], CallerReference=name
        )["HostedZone"]["Id"]  # fmt: skip
        record = {"Name": name, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": value}]}
        route53.change_resource_record_sets(
            HostedZoneId=zone,
            ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
        )
    assert told()["Status"] == "ISSUED" and told()["NotAfter"]
    acm.get_waiter("certificate_validated").wait(CertificateArn=arn)


def test_a_table_has_an_id(aws: Aws) -> None:
    dynamodb = aws("dynamodb")
    dynamodb.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    ids = {dynamodb.describe_table(TableName="t")["Table"]["TableId"] for _ in range(2)}
    assert len(ids) == 1 and len(ids.pop()) == 36


def test_a_provider_takes_and_loses_a_client(aws: Aws) -> None:
    iam = aws("iam")
    provider = iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com",
        ClientIDList=["a"],
        ThumbprintList=["0" * 40],
    )["OpenIDConnectProviderArn"]

    def clients() -> list[str]:
        return iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)["ClientIDList"]

    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(
            OpenIDConnectProviderArn=provider, ClientID="sts.amazonaws.com"
        )
    assert clients() == ["a", "sts.amazonaws.com"]
    iam.remove_client_id_from_open_id_connect_provider(
        OpenIDConnectProviderArn=provider, ClientID="a"
    )
    assert clients() == ["sts.amazonaws.com"]


def test_a_key_is_scheduled_for_deletion_and_comes_back_by_its_arn(aws: Aws) -> None:
    kms = aws("kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    told = kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    assert (told["KeyId"], told["KeyState"], told["PendingWindowInDays"]) == (
        arn,
        "PendingDeletion",
        7,
    )
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    kms.cancel_key_deletion(KeyId=arn)
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Disabled"
    kms.enable_key(KeyId=arn)
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Enabled"
    kms.disable_key(KeyId=arn)
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Disabled"


def test_a_version_that_has_become_current_is_the_one_that_is_given(aws: Aws) -> None:
    store = aws("secretsmanager")
    name = store.create_secret(Name="rotated", SecretString="old")["Name"]
    before = store.describe_secret(SecretId=name)["VersionIdsToStages"]
    made = store.put_secret_value(SecretId=name, SecretString="new", VersionStages=["AWSPENDING"])
    assert store.get_secret_value(SecretId=name)["SecretString"] == "old"
    store.update_secret_version_stage(
        SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=made["VersionId"],
        RemoveFromVersionId=next(iter(before)),
    )  # fmt: skip
    assert store.get_secret_value(SecretId=name)["SecretString"] == "new"


def test_metadata_options_that_are_not_named_stay(aws: Aws, subnet: str) -> None:
    ec2 = aws("ec2")
    image = ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
    launched = ec2.run_instances(
        ImageId=image,
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
    )["Instances"][0]["InstanceId"]
    ec2.modify_instance_metadata_options(InstanceId=launched, HttpTokens="optional")
    [reservation] = ec2.describe_instances(InstanceIds=[launched])["Reservations"]
    options = reservation["Instances"][0]["MetadataOptions"]
    assert options["HttpTokens"] == "optional"
    assert options["HttpPutResponseHopLimit"] == 2
    assert options["HttpProtocolIpv6"] == "disabled"


def test_a_roles_description_stays_where_none_is_named(aws: Aws) -> None:
    iam = aws("iam")
    iam.create_role(RoleName="role", AssumeRolePolicyDocument="{}", Description="Of CI")
    iam.update_role(RoleName="role", MaxSessionDuration=7200)
    assert iam.get_role(RoleName="role")["Role"]["Description"] == "Of CI"


def test_a_subnet_group_that_was_changed_is_still_there(aws: Aws, subnet: str) -> None:
    rds = aws("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName="group", DBSubnetGroupDescription="One", SubnetIds=[subnet]
    )
    rds.modify_db_subnet_group(
        DBSubnetGroupName="group", DBSubnetGroupDescription="Two", SubnetIds=[subnet]
    )
    [group] = rds.describe_db_subnet_groups(DBSubnetGroupName="group")["DBSubnetGroups"]
    assert group["DBSubnetGroupDescription"] == "Two"
