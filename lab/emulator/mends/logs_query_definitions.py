"""Saved queries of Logs Insights are kept, listed and deleted.

API reference, PutQueryDefinition, DescribeQueryDefinitions, DeleteQueryDefinition: moto 5.2 has
none of the three. Two queries may have one name; to change one its id has to be given.
"""

import json
import time
import uuid
from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

from lab.emulator.mends import add


def _kept(backend: LogsBackend) -> dict[str, dict[str, Any]]:
    """The backend's queries by id; a reset of the emulator makes a new backend, without any."""
    return backend.__dict__.setdefault("query_definitions", {})


@add(LogsResponse)
def put_query_definition(self: LogsResponse) -> str:
    """PutQueryDefinition."""
    kept, given = _kept(self.logs_backend), self._get_param("queryDefinitionId")
    if given and given not in kept:
        raise ResourceNotFoundException("The specified query definition does not exist.")
    identifier = given or str(uuid.uuid4())
    kept[identifier] = {
        "queryLanguage": self._get_param("queryLanguage") or "CWLI",
        "queryDefinitionId": identifier,
        "name": self._get_param("name"),
        "queryString": self._get_param("queryString"),
        "lastModified": int(time.time() * 1000),
        "logGroupNames": self._get_param("logGroupNames") or [],
    }
    return json.dumps({"queryDefinitionId": identifier})


@add(LogsResponse)
def describe_query_definitions(self: LogsResponse) -> str:
    """DescribeQueryDefinitions."""
    prefix = self._get_param("queryDefinitionNamePrefix") or ""
    found = [one for one in _kept(self.logs_backend).values() if one["name"].startswith(prefix)]
    return json.dumps({"queryDefinitions": sorted(found, key=lambda one: one["name"])})


@add(LogsResponse)
def delete_query_definition(self: LogsResponse) -> str:
    """DeleteQueryDefinition."""
    identifier = self._get_param("queryDefinitionId")
    if _kept(self.logs_backend).pop(identifier, None) is None:
        raise ResourceNotFoundException("The specified query definition does not exist.")
    return json.dumps({"success": True})
