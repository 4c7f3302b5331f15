"""DescribeTags calls a NAT gateway `natgateway`.

API reference, DescribeTags and TagSpecification, resource types: `natgateway`. moto 5.2 says
`nat-gateway`, so `amazon.aws.ec2_vpc_nat_gateway` finds no tags and sets them on every run.
"""

from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE

EC2_PREFIX_TO_RESOURCE["nat"] = "natgateway"
