"""`ModifyInstanceAttribute` changes the type of a stopped instance only, and to one that there is.

API reference, ModifyInstanceAttribute: «To modify some attributes, the instance must be stopped»;
user guide, «Change the instance type»: «You must stop your instance before you can change its
instance type». AWS answers IncorrectInstanceState, and InvalidInstanceAttributeValue to a type that
it does not know. moto 5.2 takes both, so that a run which fails on AWS would pass here.
"""

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.models.instances import InstanceBackend

from lab.emulator.mends import mend

# Both ways to name it: Attribute=instanceType, and InstanceType.Value.
TYPE = "instance_type"


@mend(InstanceBackend, "modify_instance_attribute")
def _modify(original: Any, self: InstanceBackend, instance_id: str, key: str, value: Any) -> Any:
    if key == TYPE and self.get_instance(instance_id).state != "stopped":
        message = f"The instance '{instance_id}' is not in the 'stopped' state."
        raise EC2ClientError("IncorrectInstanceState", message)
    if key == TYPE and value not in INSTANCE_TYPES:
        message = f"Invalid value '{value}' for InstanceType."
        raise EC2ClientError("InvalidInstanceAttributeValue", message)
    return original(self, instance_id, key, value)
