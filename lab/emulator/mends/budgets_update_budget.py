"""A budget can be changed.

API reference, UpdateBudget: everything but the name and the calculated spend is replaced by what
is given. moto 5.2 has no such operation.
"""

import json

from moto.budgets.responses import BudgetsResponse
from moto.core.utils import unix_time

from lab.emulator.mends import add


@add(BudgetsResponse)
def update_budget(self: BudgetsResponse) -> str:
    """Replace a budget."""
    account, new = self._get_param("AccountId"), self._get_param("NewBudget")
    self.backend.describe_budget(account, new["BudgetName"])  # raises where there is none
    kept = self.backend.budgets[account][new["BudgetName"]]
    period = kept.budget["TimePeriod"]
    kept.budget = {"TimePeriod": period, **new, "LastUpdatedTime": unix_time()}
    return json.dumps({})
