"""Pages and pictures made from the project's own files, for scripts/docs and architecture."""

import sys
from pathlib import Path

# The words for a value's type are those of preflight.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "collections"))
