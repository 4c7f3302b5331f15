"""What carries our tags is found, whatever its service; what is gone is not."""

from __future__ import annotations

import json
from functools import cache

import pytest

OURS = {"Project": "shop", "Environment": "qa"}
TAGS = [{"Key": key, "Value": value} for key, value in OURS.items()]
OTHERS = [{"Key": "Project", "Value": "shop"}, {"Key": "Environment", "Value": "prod"}]
NOTHING = {"Effect": "Deny", "Action": "*", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [NOTHING]})


@pytest.fixture
def found(aws):
    """A function that looks for ours, as the module does."""
    from ansible_collections.groundwork.aws.plugins.module_utils.tagged import tagged

    def clients(service, region=None):
        return aws(service)

    return lambda: {
        arn.split(":", 2)[2]: state
        for arn, (_, state) in tagged(cache(clients), "us-east-1", OURS).items()
    }


def kinds(names):
    return sorted(name.split(":")[-1].split("/")[0] for name in names)


def test_identities_that_the_tagging_api_leaves_out(aws, found):
    iam = aws("iam")
    for name, tags in (("ours", TAGS), ("theirs", OTHERS)):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=POLICY, Tags=tags)
        iam.create_instance_profile(InstanceProfileName=name, Tags=tags)
        iam.create_policy(PolicyName=name, PolicyDocument=POLICY, Tags=tags)
        iam.create_open_id_connect_provider(Url=f"https://{name}.test", Tags=tags)
    assert kinds(found()) == ["instance-profile", "oidc-provider", "policy", "role"]
    assert not any("theirs" in arn for arn in found())


def test_a_terminated_instance_is_gone(aws, found):
    ec2 = aws("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    (instance,) = ec2.run_instances(
        ImageId=image,
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": TAGS}],
    )["Instances"]
    assert kinds(found()) == ["instance"]
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    assert found() == {}


def test_what_waits_for_its_deletion_says_so(aws, found):
    kms, secrets = aws("kms"), aws("secretsmanager")
    key = kms.create_key(Tags=[{"TagKey": t["Key"], "TagValue": t["Value"]} for t in TAGS])
    secrets.create_secret(Name="shop/qa/jwt", SecretString="x", Tags=TAGS)
    assert set(found().values()) == {"present"}
    kms.schedule_key_deletion(KeyId=key["KeyMetadata"]["KeyId"], PendingWindowInDays=7)
    secrets.delete_secret(SecretId="shop/qa/jwt", RecoveryWindowInDays=7)
    states = found().values()
    assert len(states) == 2
    assert all(state.startswith("pending deletion until 20") for state in states)


def test_only_a_snapshot_of_its_own_outlives_a_database(aws, found):
    rds = aws("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="shop",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        MasterUsername="app",
        MasterUserPassword="not-a-secret",
        AllocatedStorage=20,
        CopyTagsToSnapshot=True,
        Tags=TAGS,
    )
    rds.delete_db_instance(DBInstanceIdentifier="shop", FinalDBSnapshotIdentifier="shop-final-1")
    assert kinds(found()) == ["shop-final-1"]


def test_what_a_killed_restore_left_is_known_by_its_name(aws):
    from ansible_collections.groundwork.aws.plugins.module_utils.tagged import restored

    rds = aws("rds")
    names = ("shop", "shop-20261121100000", "shop-drill", "blog-20261121100000", "shop-2026")
    for name in names:
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t3.micro",
            Engine="postgres",
            Tags=OTHERS if name.startswith("blog") else [],
        )
    left = [(arn.split(":")[-1], of) for arn, _, of in restored(cache(aws), OURS)]
    assert left == [("shop-20261121100000", "shop"), ("shop-drill", "shop")]
