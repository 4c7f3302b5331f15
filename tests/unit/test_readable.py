"""A file of variables that cannot be read is named, each time that variables are asked for."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleParserError
from ansible.parsing.dataloader import DataLoader
from ansible_collections.groundwork.aws.plugins.vars.readable import VarsModule


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [b", "YAML parsing failed"),
        ("- a", "holds no mapping"),
        ("hello", "holds no mapping"),
    ],
)
def test_it_is_named_each_time(tmp_path, text, says):
    page = tmp_path / "group_vars" / "all" / "sizes.yml"
    page.parent.mkdir(parents=True)
    page.write_text(text)
    for _ in range(2):
        with pytest.raises(AnsibleParserError, match=f"Nothing was changed.*\n.*sizes.yml.*{says}"):
            VarsModule().get_vars(DataLoader(), str(tmp_path), [])


def test_what_can_be_read_gives_nothing(tmp_path):
    page = tmp_path / "group_vars" / "all.yml"
    page.parent.mkdir()
    page.write_text("a: 1")
    assert VarsModule().get_vars(DataLoader(), str(tmp_path), []) == {}
