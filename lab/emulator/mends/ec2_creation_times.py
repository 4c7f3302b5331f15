"""NAT gateways and instances are `pending` as long as AWS takes, where times are asked for.

API reference: NatGateway.State is pending while it is created; InstanceState is pending until it
runs. moto 5.2 has both at once.
"""

from typing import Any

from moto.ec2.models.instances import Instance
from moto.ec2.models.nat_gateways import NatGateway

from lab.emulator import creation
from lab.emulator.mends import mend

RUNNING = 16


@mend(NatGateway, "__init__")
def _gateway(original: Any, self: NatGateway, *args: Any, **kwargs: Any) -> None:
    original(self, *args, **kwargs)
    creation.make(self, "state", "nat_gateway", "pending", "available")


@mend(Instance, "__init__")
def _instance(original: Any, self: Instance, *args: Any, **kwargs: Any) -> None:
    original(self, *args, **kwargs)
    creation.make(self._state, "name", "instance", "pending", "running")
