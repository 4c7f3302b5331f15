"""An ARN says a resource's type and the name that a person would call it."""

from __future__ import annotations

import pytest
from ansible_collections.groundwork.aws.plugins.module_utils.arns import split_arn

ACCOUNT = "us-east-1:123456789012"


@pytest.mark.parametrize(
    ("arn", "kind", "name"),
    [
        (f"arn:aws:ec2:{ACCOUNT}:vpc/vpc-1", "ec2:vpc", "vpc-1"),
        (f"arn:aws:rds:{ACCOUNT}:db:shop", "rds:db", "shop"),
        (f"arn:aws:rds:{ACCOUNT}:snapshot:rds:shop-1", "rds:snapshot", "rds:shop-1"),
        ("arn:aws:s3:::shop-logs", "s3:bucket", "shop-logs"),
        (f"arn:aws:sns:{ACCOUNT}:alarms", "sns:topic", "alarms"),
        (f"arn:aws:lambda:{ACCOUNT}:function:resize", "lambda:function", "resize"),
        (f"arn:aws:logs:{ACCOUNT}:log-group:/shop/qa:*", "logs:log-group", "/shop/qa"),
        (
            f"arn:aws:secretsmanager:{ACCOUNT}:secret:shop/qa/jwt-APZPoq",
            "secretsmanager:secret",
            "shop/qa/jwt",
        ),
        (
            f"arn:aws:elasticloadbalancing:{ACCOUNT}:loadbalancer/app/shop/3a43f5",
            "elasticloadbalancing:loadbalancer",
            "shop",
        ),
        (
            f"arn:aws:elasticloadbalancing:{ACCOUNT}:targetgroup/shop-api/24668c",
            "elasticloadbalancing:targetgroup",
            "shop-api",
        ),
        ("arn:aws:iam::123456789012:role/service/shop", "iam:role", "shop"),
        ("arn:aws:iam::123456789012:oidc-provider/a.b/c", "iam:oidc-provider", "a.b/c"),
        ("arn:aws:route53:::hostedzone/Z1", "route53:hostedzone", "Z1"),
        (f"arn:aws:cloudwatch:{ACCOUNT}:alarm:shop-cpu", "cloudwatch:alarm", "shop-cpu"),
    ],
)
def test_type_and_name(arn, kind, name):
    assert split_arn(arn)[0::2] == (kind, name)
