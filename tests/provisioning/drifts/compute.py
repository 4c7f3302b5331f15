"""The instance and its key pair."""

from __future__ import annotations

from drifts.found import OWNER, PREFIX, Client, Properties, by_name, security_group


def drift(client: Client) -> Properties:
    """Change them; returns type, name and property of each change."""
    ec2, name = client("ec2"), f"{PREFIX}-app-1"
    found = by_name(client, "describe_instances", "Reservations", name)["Instances"]
    identifier = found[0]["InstanceId"]
    ec2.create_tags(Resources=[identifier], Tags=[{"Key": "Extra", "Value": "1"}])
    ec2.modify_instance_metadata_options(InstanceId=identifier, HttpTokens="optional")
    ec2.modify_instance_attribute(
        InstanceId=identifier, Groups=[security_group(client, "database")["GroupId"]]
    )
    pair = ec2.describe_key_pairs(KeyNames=[PREFIX])["KeyPairs"][0]["KeyPairId"]
    ec2.create_tags(Resources=[pair], Tags=[OWNER])
    # amazon.aws gives it its profile in check mode too.
    associated = ec2.describe_iam_instance_profile_associations()
    ec2.disassociate_iam_instance_profile(
        AssociationId=associated["IamInstanceProfileAssociations"][0]["AssociationId"]
    )
    ec2.stop_instances(InstanceIds=[identifier])
    return {
        ("key_pair", PREFIX, "tags.Owner"),
        ("instance", name, "tags.Extra"),
        ("instance", name, "metadata_options"),
        ("instance", name, "security_groups"),
        ("instance", name, "iam_instance_profile"),
        ("instance", name, "state"),
    }
