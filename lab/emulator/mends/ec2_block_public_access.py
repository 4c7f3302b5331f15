"""EnableSnapshotBlockPublicAccess and EnableImageBlockPublicAccess, and what undoes and tells them.

API reference: a region's snapshots and images may be shared with everybody unless this is blocked
(`block-all-sharing`, `block-new-sharing`; of images only the latter). moto 5.2 has none of the six.
"""

from moto.core.responses import ActionResult
from moto.ec2.responses.settings import Settings

from lab.emulator.mends import add

UNBLOCKED = "unblocked"


def _snapshots(self: Settings, state: str | None = None) -> ActionResult:
    if state:
        self.ec2_backend.snapshot_block = state
    return ActionResult({"State": getattr(self.ec2_backend, "snapshot_block", UNBLOCKED)})


def _images(self: Settings, state: str | None = None) -> ActionResult:
    if state:
        self.ec2_backend.image_block = state
    state = getattr(self.ec2_backend, "image_block", UNBLOCKED)
    return ActionResult({"ImageBlockPublicAccessState": state})


@add(Settings)
def enable_snapshot_block_public_access(self: Settings) -> ActionResult:
    """Block the sharing of snapshots."""
    return _snapshots(self, self._get_param("State"))


@add(Settings)
def disable_snapshot_block_public_access(self: Settings) -> ActionResult:
    """Let snapshots be shared."""
    return _snapshots(self, UNBLOCKED)


@add(Settings)
def get_snapshot_block_public_access_state(self: Settings) -> ActionResult:
    """Tell whether snapshots may be shared."""
    return _snapshots(self)


@add(Settings)
def enable_image_block_public_access(self: Settings) -> ActionResult:
    """Block the sharing of images."""
    return _images(self, self._get_param("ImageBlockPublicAccessState"))


@add(Settings)
def disable_image_block_public_access(self: Settings) -> ActionResult:
    """Let images be shared."""
    return _images(self, UNBLOCKED)


@add(Settings)
def get_image_block_public_access_state(self: Settings) -> ActionResult:
    """Tell whether images may be shared."""
    return _images(self)
