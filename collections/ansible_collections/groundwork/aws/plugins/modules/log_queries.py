#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Keep saved queries of CloudWatch Logs Insights, with a plan of each."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: log_queries
short_description: Keep saved queries of CloudWatch Logs Insights
description:
  - Keeps the saved queries of a folder as asked, and deletes others in it. No other module does.
  - Queries have no tags. Their names begin with the folder, and that is how they are known.
version_added: 0.3.0
author: Groundwork contributors
options:
  folder:
    description: Beginning of the queries' names, with V(/) between its parts.
    type: str
    required: true
  queries:
    description: The queries, each with C(name), C(query) and C(log_groups), the names of the groups that it looks into.
    type: list
    elements: dict
    required: true
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - groundwork.aws.planned
"""

EXAMPLES = r"""
- name: Keep a query
  groundwork.aws.log_queries:
    folder: shop/qa
    queries:
      - {name: errors, query: 'filter @message like /ERROR/', log_groups: [/shop/qa/api]}
"""

RETURN = r"""
names:
  description: Names of the queries that were asked for, with their folder.
  returned: always
  type: list
  elements: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass  # AnsibleAWSModule reports the missing library

Query = dict[str, Any]


class Queries:
    """The queries that are asked for, those in the folder, and the difference."""

    def __init__(self, module: AnsibleAWSModule) -> None:
        self.module = module
        self.folder = f"{module.params['folder'].rstrip('/')}/"
        self.wanted: dict[str, Query] = {
            f"{self.folder}{one['name']}": {
                "query": one["query"].strip(),
                "log_groups": sorted(one["log_groups"]),
            }
            for one in module.params["queries"]
        }
        self.client = module.client("logs", retry_decorator=AWSRetry.jittered_backoff(retries=8))

    def run(self) -> None:
        """Do what is asked for and end the module."""
        standing, ids = self._standing()
        diff = []
        for name in [*self.wanted, *(name for name in standing if name not in self.wanted)]:
            before, after = standing.get(name, {}), self.wanted.get(name, {})
            if before == after:
                continue
            header = {"before_header": name, "after_header": name, "type": "log_query"}
            if before and after:
                before = {key: before[key] for key in before if before[key] != after[key]}
                changed = {key: after[key] for key in before}
            else:
                changed = after
            diff.append({**header, "before": before, "after": changed})
            if not self.module.check_mode:
                self._change(name, after, ids.get(name, []))
        self.module.exit_json(changed=bool(diff), diff=diff, names=list(self.wanted))

    def _standing(self) -> tuple[dict[str, Query], dict[str, list[str]]]:
        """The queries of the folder by name, and their ids: AWS lets two have one name."""
        found: dict[str, Query] = {}
        ids: dict[str, list[str]] = {}
        more: dict[str, str] = {}
        while True:
            page = self.client.describe_query_definitions(
                queryDefinitionNamePrefix=self.folder, aws_retry=True, **more
            )
            for one in page["queryDefinitions"]:
                groups = sorted(one.get("logGroupNames", []))
                found[one["name"]] = {"query": one["queryString"], "log_groups": groups}
                ids.setdefault(one["name"], []).append(one["queryDefinitionId"])
            if not page.get("nextToken"):
                return found, ids
            more = {"nextToken": page["nextToken"]}

    def _change(self, name: str, query: Query, ids: list[str]) -> None:
        if not query:
            for one in ids:
                self.client.delete_query_definition(queryDefinitionId=one, aws_retry=True)
            return
        same = {"queryDefinitionId": ids[-1]} if ids else {}
        self.client.put_query_definition(
            name=name,
            queryString=query["query"],
            logGroupNames=query["log_groups"],
            aws_retry=True,
            **same,
        )


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "folder": {"type": "str", "required": True},
            "queries": {"type": "list", "elements": "dict", "required": True},
        },
        supports_check_mode=True,
    )
    try:
        Queries(module).run()
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg=f"log_queries: {module.params['folder']}")


if __name__ == "__main__":
    main()
