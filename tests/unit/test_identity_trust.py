"""Whom the pipeline's role trusts."""

from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from tests.unit.host_roles import variables

GITHUB = "token.actions.githubusercontent.com"


def condition(**given: Any) -> dict[str, dict[str, Any]]:
    own = {
        "env": "prod",
        "ci_repository": "milky-way/admin-panel",
        "ci_repository_id": "987654321",
    }
    known = variables("identity") | own | given
    templar = Templar(loader=DataLoader(), variables=known)
    return templar.template(known["_identity_ci_condition"])


def test_one_repository_by_its_number_in_one_environment() -> None:
    found = condition()
    assert found["StringEquals"] == {
        f"{GITHUB}:aud": "sts.amazonaws.com",
        f"{GITHUB}:environment": "prod",
        f"{GITHUB}:repository_id": "987654321",
    }
    assert found["StringLike"][f"{GITHUB}:sub"] == [
        "repo:milky-way/admin-panel:environment:prod",
        "repo:milky-way@*/admin-panel@*:environment:prod",
    ]


def test_without_a_number_name_and_environment_are_asked() -> None:
    found = condition(ci_repository_id="")["StringEquals"]
    assert sorted(found) == [f"{GITHUB}:aud", f"{GITHUB}:environment"]


def test_of_another_provider_only_what_every_one_sends_is_compared() -> None:
    found = condition(identity_ci_provider="gitlab.example.com")
    assert found["StringEquals"] == {"gitlab.example.com:aud": "sts.amazonaws.com"}
    assert list(found["StringLike"]) == ["gitlab.example.com:sub"]
