"""DescribeTable gives the table's id.

API reference, TableDescription.TableId: a unique id of the table. moto 5.2 leaves it out, and
`community.aws.dynamodb_table`, which passes it on, fails.
"""

import uuid
from typing import Any

from moto.dynamodb.models.table import Table

from lab.emulator.mends import mend


@mend(Table, "describe")
def _describe(original: Any, self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
    answer = original(self, base_key)
    born = f"{self.table_arn} {self.created_at}"
    answer[base_key]["TableId"] = str(uuid.uuid5(uuid.NAMESPACE_URL, born))
    return answer
