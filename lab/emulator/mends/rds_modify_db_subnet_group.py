"""`ModifyDBSubnetGroup` changes a group; moto 5.2 changes it and loses it."""

from typing import Any

from moto.rds.models import RDSBackend

from lab.emulator.mends import mend


@mend(RDSBackend, "modify_db_subnet_group")
def modify_db_subnet_group(
    original: Any, self: RDSBackend, subnet_name: str, *changes: Any, **more: Any
) -> Any:
    """As moto, with the group kept."""
    group = original(self, subnet_name, *changes, **more)
    self.subnet_groups[subnet_name] = group
    return group
