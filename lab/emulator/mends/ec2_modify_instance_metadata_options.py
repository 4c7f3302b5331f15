"""`ModifyInstanceMetadataOptions` leaves alone what the call does not name; moto 5.2 forgets it.

amazon.aws repeats in its own call what the instance says of each option, and fails on one that is
not there.
"""

from typing import Any

from moto.ec2.models.instances import InstanceBackend

from lab.emulator.mends import mend

# moto's argument -> its attribute
OPTIONS = {
    "http_tokens": "http_tokens",
    "hop_limit": "http_put_response_hop_limit",
    "http_endpoint": "http_endpoint",
    "http_protocol": "http_protocol_ipv6",
    "metadata_tags": "instance_metadata_tags",
}


@mend(InstanceBackend, "modify_instance_metadata_options")
def modify_instance_metadata_options(
    original: Any, self: InstanceBackend, instance_id: str, **options: Any
) -> Any:
    """As moto, with the instance's own options where none are given."""
    own = self.get_instance(instance_id).metadata_options
    for argument, attribute in OPTIONS.items():
        if options.get(argument) is None:
            options[argument] = getattr(own, attribute)
    return original(self, instance_id=instance_id, **options)
