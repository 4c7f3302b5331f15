"""The plan of a host that has nothing yet is what the first run did; one after it is empty."""

import json
import os
from pathlib import Path

from ansible_collections.groundwork.aws.plugins.plugin_utils import comparison

# A migration tool that cannot tell what is pending: whether something is, only the run knows.
MAYBE = f"migration {comparison.UNKNOWN}: create in the plan, nothing to do now"


def kept(run):
    folder = Path(os.environ["MOLECULE_ANNOUNCED"])
    return json.loads((folder / f"{run}.json").read_text())


def differences(planned, done):
    return [one for one in comparison.resources(planned, done) if not one.endswith(MAYBE)]


def test_the_first_run_did_what_the_plan_announced():
    planned, done = kept("planned"), kept("done")
    assert planned["check"]
    assert not done["check"]
    assert differences(planned, done) == []


def test_a_plan_after_it_announces_nothing():
    nothing = {"components": {}, "hosts": {}}
    assert differences(kept("planned_again"), nothing) == []
