"""Budgets carry tags.

API reference, CreateBudget.ResourceTags, ListTagsForResource, TagResource, UntagResource: a budget
has tags, by its ARN `arn:aws:budgets::ACCOUNT:budget/NAME`; they go with it. moto 5.2 has none.
"""

import json
from typing import Any

from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse

from lab.emulator.mends import add, mend


@mend(BudgetsResponse, "create_budget")
def _create_budget(original: Any, self: BudgetsResponse) -> str:
    answer = original(self)
    name = self._get_param("Budget")["BudgetName"]
    budget = self.backend.budgets[self._get_param("AccountId")][name]
    budget.tags = {one["Key"]: one["Value"] for one in self._get_param("ResourceTags") or []}
    return answer


def _budget(self: BudgetsResponse) -> Budget:
    _, _, _, _, account, resource = self._get_param("ResourceARN").split(":", 5)
    budget = self.backend.budgets[account].get(resource.removeprefix("budget/"))
    if budget is None:
        raise NotFoundException("The budget doesn't exist.")
    return budget


@add(BudgetsResponse)
def list_tags_for_resource(self: BudgetsResponse) -> str:
    """The tags of a budget."""
    tags = _budget(self).tags
    told = [{"Key": key, "Value": value} for key, value in tags.items()]
    return json.dumps({"ResourceTags": told})


@add(BudgetsResponse)
def tag_resource(self: BudgetsResponse) -> str:
    """Add tags, or change them."""
    budget = _budget(self)
    given = {one["Key"]: one["Value"] for one in self._get_param("ResourceTags")}
    budget.tags = {**budget.tags, **given}
    return json.dumps({})


@add(BudgetsResponse)
def untag_resource(self: BudgetsResponse) -> str:
    """Take tags away."""
    budget, gone = _budget(self), self._get_param("ResourceTagKeys")
    budget.tags = {key: value for key, value in budget.tags.items() if key not in gone}
    return json.dumps({})
