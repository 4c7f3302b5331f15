"""DescribeBudget gives the filter expression only to who asks for it.

API reference, DescribeBudget.ShowFilterExpression: whether the response includes the filter
expression. moto 5.2 always includes it, so a module that forgets to ask would pass here, and would
take each budget on AWS for one without a filter.
"""

import json

from moto.budgets.responses import BudgetsResponse

from lab.emulator.mends import mend


@mend(BudgetsResponse, "describe_budget")
def _describe_budget(original: object, self: BudgetsResponse) -> str:
    account, name = self._get_param("AccountId"), self._get_param("BudgetName")
    budget = self.backend.describe_budget(account_id=account, budget_name=name)
    if not self._get_param("ShowFilterExpression"):
        budget.pop("FilterExpression", None)
    return json.dumps({"Budget": budget})
