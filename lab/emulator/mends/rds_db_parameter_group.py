"""RDS parameter groups list all parameters of their engine, and refuse what AWS refuses.

API reference: DescribeDBParameters gives every parameter of the family with type, allowed values
and source; DescribeDBParameterGroups answers DBParameterGroupNotFound for an unknown name;
ModifyDBParameterGroup answers InvalidParameterValue for an unknown parameter, a value out of
range, a locked one; DeleteDBParameterGroup answers InvalidDBParameterGroupState while an instance
uses the group. moto 5.2 lists only what was set, and refuses nothing; ResetDBParameterGroup it
has not at all. So `amazon.aws.rds_instance_param_group` cannot work on it.
"""

from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBParameterGroupNotFoundError, RDSClientError
from moto.rds.models import DBParameterGroup, RDSBackend
from moto.rds.responses import RDSResponse

from lab.emulator.mends import add, mend
from lab.emulator.parameters import Parameter, of_family


@mend(RDSBackend, "describe_db_parameter_groups")
def _describe(original: Any, self: RDSBackend, kwargs: dict[str, Any]) -> list[DBParameterGroup]:
    name = kwargs.get("db_parameter_group_name") or kwargs.get("DBParameterGroupName")
    if not name:
        return original(self, kwargs)
    if name not in self.db_parameter_groups:
        raise DBParameterGroupNotFoundError(name)
    return [self.db_parameter_groups[name]]


def _shape(one: Parameter, given: dict[str, Any]) -> dict[str, Any]:
    shape = {
        "ParameterName": one.name,
        "Source": "user" if given else "system" if one.value else "engine-default",
        "ApplyType": one.apply,
        "DataType": one.type,
        "AllowedValues": one.allowed or None,
        "IsModifiable": one.modifiable,
        "ApplyMethod": given.get("ApplyMethod", "pending-reboot"),
    }
    value = given.get("ParameterValue", one.value or None)
    return shape if value is None else {**shape, "ParameterValue": value}


@mend(RDSResponse, "describe_db_parameters")
def _describe_parameters(_: Any, self: RDSResponse) -> ActionResult:
    name = self.params.get("DBParameterGroupName")
    group = self.backend.describe_db_parameter_groups({"db_parameter_group_name": name})[0]
    known = of_family(group.family or "")
    rows = [_shape(one, group.parameters.get(one.name, {})) for one in known.values()]
    if not known:
        rows = [dict(given) for given in group.parameters.values()]
    source = self.params.get("Source")
    chosen = [row for row in rows if source in (None, row.get("Source"))]
    start, size = int(self.params.get("Marker") or 0), int(self.params.get("MaxRecords") or 100)
    marker = str(start + size) if start + size < len(chosen) else None
    return ActionResult({"Parameters": chosen[start : start + size], "Marker": marker})


@add(RDSResponse)
def describe_engine_default_parameters(self: RDSResponse) -> ActionResult:
    """Describe the parameters of a family."""
    family = self.params.get("DBParameterGroupFamily")
    rows = [_shape(one, {}) for one in of_family(family).values()]
    defaults = {"DBParameterGroupFamily": family, "Parameters": rows}
    return ActionResult({"EngineDefaults": defaults})


@mend(RDSBackend, "modify_db_parameter_group")
def _modify(
    original: Any,
    self: RDSBackend,
    db_parameter_group_name: str,
    db_parameter_group_parameters: Iterable[dict[str, Any]],
) -> DBParameterGroup:
    group = self.describe_db_parameter_groups({"db_parameter_group_name": db_parameter_group_name})
    known = of_family(group[0].family or "")
    wanted = list(db_parameter_group_parameters)
    for one in wanted if known else []:
        _check(known.get(one["ParameterName"]), one)
    return original(self, db_parameter_group_name, wanted)


def _check(known: Parameter | None, wanted: dict[str, Any]) -> None:
    problem = f"Could not find parameter with name: {wanted['ParameterName']}"
    if known:
        problem = known.problem(wanted["ParameterValue"])
    if problem:
        raise RDSClientError("InvalidParameterValue", problem)
    if known and known.apply == "static" and wanted.get("ApplyMethod") == "immediate":
        raise RDSClientError(
            "InvalidParameterCombination",
            "cannot use immediate apply method for static parameter",
        )


@add(RDSResponse)
def reset_db_parameter_group(self: RDSResponse) -> ActionResult:
    """Set parameters back to the engine's defaults."""
    name = self.params.get("DBParameterGroupName")
    group = self.backend.describe_db_parameter_groups({"db_parameter_group_name": name})[0]
    if self.params.get("ResetAllParameters"):
        group.parameters.clear()
    for one in self.params.get("Parameters", []):
        group.parameters.pop(one["ParameterName"], None)
    return ActionResult({"DBParameterGroupName": group.name})


@mend(RDSBackend, "delete_db_parameter_group")
def _delete(original: Any, self: RDSBackend, name: str) -> DBParameterGroup:
    if any(one.db_parameter_group_name == name for one in self.databases.values()):
        raise RDSClientError(
            "InvalidDBParameterGroupState",
            "One or more database instances are still members of this parameter group "
            f"{name}, so the group cannot be deleted",
        )
    return original(self, name)
