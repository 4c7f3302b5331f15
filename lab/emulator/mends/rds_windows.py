"""CreateDBInstance, ModifyDBInstance: a backup window may touch the maintenance window.

moto 5.2 takes that for an overlap.
"""

from collections.abc import Callable
from typing import Any

from moto.rds import utils

from lab.emulator.mends import mend


@mend(utils, "get_overlap_between_two_date_ranges")
def _overlap(original: Callable[..., int], *windows: Any) -> int:
    seconds = original(*windows)
    return seconds or -1
