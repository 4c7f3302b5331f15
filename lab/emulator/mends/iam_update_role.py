"""`UpdateRole` without a description leaves the role's alone; moto 5.2 takes it away."""

from typing import Any

from moto.iam.models import IAMBackend

from lab.emulator.mends import mend


@mend(IAMBackend, "update_role")
def update_role(
    original: Any, self: IAMBackend, role_name: str, role_description: str | None, *rest: Any
) -> Any:
    """As moto, with the role's own description where none is given."""
    if role_description is None:
        role_description = self.get_role(role_name).description
    return original(self, role_name, role_description, *rest)
