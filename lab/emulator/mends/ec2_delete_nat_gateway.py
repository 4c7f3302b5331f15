"""A deleted NAT gateway gives its elastic address free, and its network interface goes with it.

API reference, DeleteNatGateway: "Deleting a public NAT gateway disassociates its Elastic IP
address, but does not release the address from your account." moto 5.2 leaves it associated, so
that the next gateway cannot have it (Resource.AlreadyAssociated), and keeps the interface, which
is the gateway's own and would stand in the VPC's way for good.
"""

from typing import Any

from moto.ec2.models import EC2Backend

from lab.emulator.mends import mend


@mend(EC2Backend, "delete_nat_gateway")
def delete_nat_gateway(original: Any, self: EC2Backend, nat_gateway_id: str) -> Any:
    """Delete the gateway and its interface, and disassociate its address."""
    gateway = original(self, nat_gateway_id)
    for address in list(self.addresses):
        if address.eni is not None and address.eni is gateway._eni:
            self.disassociate_address(address=address.public_ip)
    self.enis.pop(gateway._eni.id, None)
    return gateway
