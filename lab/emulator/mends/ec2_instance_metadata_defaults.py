"""ModifyInstanceMetadataDefaults, and GetInstanceMetadataDefaults, which tells what it set.

API reference: what an account's new instances in a region answer metadata with, where nobody says
so; `no-preference` takes a default away. moto 5.2 has neither.
"""

from moto.core.responses import ActionResult
from moto.ec2.responses.settings import Settings

from lab.emulator.mends import add

OPTIONS = ("HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "InstanceMetadataTags")


@add(Settings)
def modify_instance_metadata_defaults(self: Settings) -> ActionResult:
    """Keep what is given, forget what has no preference."""
    given = {name: self._get_param(name) for name in OPTIONS}
    kept = getattr(self.ec2_backend, "metadata_defaults", {})
    merged = {**kept, **{name: value for name, value in given.items() if value is not None}}
    self.ec2_backend.metadata_defaults = {
        name: value for name, value in merged.items() if str(value) not in ("no-preference", "-1")
    }
    return ActionResult({"Return": True})


@add(Settings)
def get_instance_metadata_defaults(self: Settings) -> ActionResult:
    """Tell what was set."""
    return ActionResult({"AccountLevel": getattr(self.ec2_backend, "metadata_defaults", {})})
