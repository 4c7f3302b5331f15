"""The first plan, of a host that has nothing yet, announced what the first run then did."""

import json
import os
from pathlib import Path

from ansible_collections.groundwork.aws.plugins.plugin_utils import comparison


def test_the_first_run_did_what_the_plan_announced():
    folder = Path(os.environ["MOLECULE_ANNOUNCED"])
    planned, done = (
        json.loads((folder / f"{run}.json").read_text()) for run in ("planned", "done")
    )
    assert planned["check"]
    assert not done["check"]
    # A migration tool that cannot tell what is pending: whether something is, only the run knows.
    maybe = f"migration {comparison.UNKNOWN}: create in the plan, nothing to do now"
    assert [one for one in comparison.resources(planned, done) if not one.endswith(maybe)] == []
