"""UpdateSecurityGroupRuleDescriptions{Ingress,Egress} answers whether it succeeded.

API reference, both operations, response element `return`: "Returns true if the request succeeds;
otherwise, returns an error." moto 5.2 answers with an empty body, and
`amazon.aws.ec2_security_group` reads the element when it gives a default rule a description.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses.security_groups import SecurityGroups

from lab.emulator.mends import mend


@mend(SecurityGroups, "update_security_group_rule_descriptions_ingress")
def _ingress(original: Any, self: SecurityGroups) -> ActionResult:
    original(self)
    return ActionResult({"Return": True})


@mend(SecurityGroups, "update_security_group_rule_descriptions_egress")
def _egress(original: Any, self: SecurityGroups) -> ActionResult:
    original(self)
    return ActionResult({"Return": True})
