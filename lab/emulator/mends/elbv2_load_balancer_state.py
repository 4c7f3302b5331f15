"""A load balancer is `provisioning` as long as AWS takes, where creation times are asked for.

API reference, LoadBalancerState: "provisioning" until it is fully set up and ready to route
traffic. moto 5.2 makes it active when it is first looked at.
"""

import time
from typing import Any

from moto.elbv2.models import FakeLoadBalancer

from lab.emulator import creation
from lab.emulator.mends import mend


@mend(FakeLoadBalancer, "__init__")
def _init(original: Any, self: FakeLoadBalancer, *args: Any, **kwargs: Any) -> None:
    original(self, *args, **kwargs)
    self.earliest = time.time() + creation.seconds("load_balancer")


@mend(FakeLoadBalancer, "activate")
def _activate(original: Any, self: FakeLoadBalancer) -> None:
    if time.time() >= getattr(self, "earliest", 0):
        original(self)
