"""Commands that look, side by side."""

import json

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.groundwork.aws.plugins.modules import commands_info


@pytest.fixture
def asked(capsys):
    """A function that runs the module; gives its answer."""

    def ask(commands: dict, **given) -> dict:
        with (
            patch_module_args({"commands": commands, **given, "_ansible_check_mode": True}),
            pytest.raises(SystemExit),
        ):
            commands_info.main()
        return json.loads(capsys.readouterr().out)

    return ask


def test_each_is_told_by_its_name(asked):
    told = asked({"good": ["echo", "$HOME"], "bad": ["sh", "-c", "echo no >&2; exit 3"]})
    assert told["results"]["good"] == {"rc": 0, "stdout": "$HOME\n", "stderr": ""}
    assert told["results"]["bad"] == {"rc": 3, "stdout": "", "stderr": "no\n"}
    assert not told["changed"]


def test_they_run_at_the_same_time(asked, tmp_path):
    # Each one waits for the other's file, so one after the other would never end well.
    wait = "touch {0}/{1}; until [ -e {0}/{2} ]; do sleep 0.01; done"
    commands = {
        mine: ["sh", "-c", wait.format(tmp_path, mine, other)] for mine, other in ("ab", "ba")
    }
    assert [one["rc"] for one in asked(commands)["results"].values()] == [0, 0]


def test_a_slow_one_is_ended_and_a_missing_one_told(asked):
    told = asked({"slow": ["sleep", "600"], "none": ["/no/such"]}, timeout=1)
    assert told["results"]["slow"]["rc"] == 124
    assert told["results"]["none"]["rc"] == 127
    assert "/no/such" in told["results"]["none"]["stderr"]


def test_what_is_no_command_is_refused(asked):
    assert asked({"text": "echo hello"})["failed"]
