# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The application's services: ports and paths that do not clash, secrets that are there."""

from __future__ import annotations

import string
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    APP,
    Environment,
    Unknown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import nearest

SSH_PORT = 22
MAX_PORT = 65535
OFFSETS, OFFSETS_THERE = "proxy_slot_offsets", "compose_deploy_slot_offsets"


def check(environment: Environment, unsound: set[str]) -> None:
    """Note services that stand in each other's way, and references to secrets that lead nowhere."""
    services, items = (
        {} if name in unsound else environment.value(name)
        for name in ("app_services", "app_secrets")
    )
    _check_ports(environment, services)
    if not {OFFSETS, OFFSETS_THERE} & unsound:
        _check_slots(environment, services)
    _check_paths(environment, services)
    if "app_secrets" not in unsound:
        _check_used(environment, services, items)
    if "secret_store_secrets" not in unsound:
        _check_items(environment, items)


def _check_slots(environment: Environment, services: dict[str, Any]) -> None:
    """Each service takes three ports of a host: its own, and one for each slot behind it."""
    here, there = (environment.value(name, APP) for name in (OFFSETS, OFFSETS_THERE))
    if here != there:
        says = f"is {here}, but {OFFSETS_THERE} is {there}: the proxy would look for containers elsewhere"
        name = OFFSETS if environment.definition(OFFSETS, APP) else OFFSETS_THERE
        environment.complain(name, says, "Write the same for both.", host=APP)
        return
    offsets = tuple(here.values())
    taken: dict[int, str] = {}
    owned: set[int] = set()
    for name, service in services.items():
        own = service.get("published", service.get("port"))
        if not isinstance(own, int) or own in owned:
            continue  # told by others
        owned.add(own)
        for port in (own, *(own + offset for offset in offsets)):
            if port > MAX_PORT or taken.get(port, name) != name:
                says = f"{own} does not do: its slots take {', '.join(str(own + o) for o in offsets)} as well"
                write = f"Take a port below {MAX_PORT - max(offsets)} that no other service's slots take."
                key = "published" if "published" in service else "port"
                environment.complain("app_services", says, write, (name, key))
                break
            taken[port] = name


def _check_ports(environment: Environment, services: dict[str, Any]) -> None:
    """Of a host's ports. What two containers listen on within themselves may be the same."""
    taken: dict[int, str] = {SSH_PORT: "SSH"}
    for name, service in services.items():
        key = "published" if "published" in service else "port"
        if key not in service:
            continue  # told by others
        port = service[key]
        if port in taken:
            says = f"{port} is taken by {taken[port]}"
            write = "Take another one (published): each port of a host belongs to one service."
            environment.complain("app_services", says, write, (name, key))
        taken.setdefault(port, name)


def _check_paths(environment: Environment, services: dict[str, Any]) -> None:
    taken: dict[str, str] = {}
    rest: list[str] = []
    for name, service in services.items():
        paths = service.get("paths") or []
        if not paths:
            rest.append(name)
        for index, path in enumerate(paths):
            if path in taken:
                says = f"{path} leads to {taken[path]} already"
                keys = (name, "paths", index)
                environment.complain("app_services", says, "Take it out of one of them.", keys)
            taken.setdefault(path, name)
    if services and not rest:
        says = "has no service without paths, to which everything else leads"
        environment.complain(
            "app_services", says, "Write paths: [] for the one that takes the rest."
        )
    for name in rest[1:]:
        says = f"is empty, as that of {rest[0]}: only one service can take the rest"
        write = f'Write the paths that lead to {name}, as in ["/{name}/*"].'
        environment.complain("app_services", says, write, (name, "paths"))


def _check_used(environment: Environment, services: dict[str, Any], items: dict[str, Any]) -> None:
    for name, service in services.items():
        for index, secret in enumerate(map(str, service.get("secrets") or [])):
            if secret not in items:
                near = nearest(secret, items)
                write = f"Write {near}." if near else f"Write {secret} into app_secrets."
                says = f"{secret} is not in app_secrets"
                environment.complain("app_services", says, write, (name, "secrets", index))


def _check_items(environment: Environment, items: dict[str, Any]) -> None:
    host = _store(environment)
    if host is None:
        return
    try:
        store = environment.value("secret_store_secrets", host)
    except Unknown:
        return
    _check_given(environment, host, store)
    for name, item in items.items():
        secret = str(item["secret"])
        if secret not in store:
            near = nearest(secret, store)
            write = f"Write {near}." if near else f"It may be {', '.join(sorted(store))}."
            says = f"there is no secret {secret!r} in secret_store_secrets"
            environment.complain("app_secrets", says, write, (name, "secret"))
        elif "format" in item:
            _check_format(environment, name, str(item["format"]), secret, store[secret])


def _check_format(
    environment: Environment, name: str, text: str, secret: str, fields: dict[str, Any]
) -> None:
    keys = (name, "format")
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        write = "Write {field} or {field:url}; a brace itself is written twice."
        environment.complain("app_secrets", "has unbalanced braces", write, keys)
        return
    for _literal, field, spec, conversion in parts:
        if field is None:
            continue
        if field not in fields:
            near = nearest(field, fields)
            write = f"Write {{{near}}}." if near else f"It has {', '.join(sorted(fields))}."
            says = f"the secret {secret} has no field {field!r}"
            environment.complain("app_secrets", says, write, keys)
        if spec not in ("", "url") or conversion:
            says = f"{{{field}}} is formatted in a way that is not known"
            environment.complain(
                "app_secrets", says, f"Write {{{field}}} or {{{field}:url}}.", keys
            )


def _check_given(environment: Environment, host: str, store: dict[str, Any]) -> None:
    """Values that were given for secrets or fields that there are not. Values are never shown."""
    try:
        given = environment.value("secret_store_values", host)
    except Unknown:
        return
    for name, fields in given.items() if isinstance(given, dict) else ():
        known = store.get(name)
        if not isinstance(known, dict):
            near = nearest(name, store)
            write = f"Write {near}." if near else f"It may be {', '.join(sorted(store))}."
            says = "is no secret of secret_store_secrets"
            environment.complain("secret_store_values", says, write, (name,), host)
            continue
        for field in fields if isinstance(fields, dict) else ():
            if field not in known:
                near = nearest(field, known)
                write = f"Write {near}." if near else f"It has {', '.join(sorted(known))}."
                says = f"is no field of the secret {name}"
                environment.complain("secret_store_values", says, write, (name, field), host)


def _store(environment: Environment) -> str | None:
    for host in environment.components:
        try:
            if environment.value("component_role", host) == "secret_store":
                return host
        except Unknown:
            continue
    return None
