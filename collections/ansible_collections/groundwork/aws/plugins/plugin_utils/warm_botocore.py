# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What botocore computes anew for each session and client though it comes out the same: computed once, before the fork.

Where botocore has changed so that its parts are not found, they are left alone.
"""

from __future__ import annotations

from typing import Any


def share() -> None:
    """All of it. botocore is imported."""
    share_service_models()
    share_client_methods()
    share_event_names()


def share_service_models() -> None:
    """Let new botocore sessions share one loader, as clients of one session do: parsed models stay.

    Those for another AWS_DATA_PATH have another loader, which reads the same files but its own.
    """
    import botocore.loaders
    import botocore.session

    create, loaders = getattr(botocore.session, "create_loader", None), {}
    if create is None:
        return
    files = botocore.loaders.JSONFileLoader
    parse, parsed = files.load_file, {}

    def load_file(self: Any, file_path: str) -> Any:
        if file_path not in parsed:
            found = parse(self, file_path)
            if found is None:
                return None
            parsed[file_path] = found
        return parsed[file_path]

    files.load_file = load_file

    def create_loader(search_path: str | None = None) -> Any:
        if search_path not in loaders:
            loaders[search_path] = create(search_path)
        return loaders[search_path]

    botocore.session.create_loader = create_loader


def share_client_methods() -> None:
    """Let clients of one service share its model and the methods made of it: no session has a part in them.

    A module that hangs its own attributes on a class of clients has them in its fork alone.
    """
    import botocore.client

    creator = botocore.client.ClientCreator
    names = ("_load_service_model", "_create_methods", "_create_name_mapping")
    if not all(hasattr(creator, name) for name in names):
        return
    load, *makers = (getattr(creator, name) for name in names)
    models: dict[tuple[Any, ...], Any] = {}

    def _load_service_model(self: Any, service_name: str, api_version: str | None = None) -> Any:
        key = (self._loader, service_name, api_version)
        if key not in models:
            models[key] = load(self, service_name, api_version)
        return models[key]

    def shared(make: Any) -> Any:
        made: dict[Any, dict[str, Any]] = {}

        def of_model(self: Any, service_model: Any) -> dict[str, Any]:
            if service_model not in made:
                made[service_model] = make(self, service_model)
            return dict(made[service_model])

        return of_model

    creator._load_service_model = _load_service_model
    for name, make in zip(names[1:], makers, strict=True):
        setattr(creator, name, shared(make))


def share_event_names() -> None:
    """Let all emitters share the event names they have translated, and what is known of handlers' code.

    Each client has an emitter, and a translation tries a hundred and fifty aliases.
    """
    import botocore.hooks

    parts = ("EventAliaser", "accepts_kwargs", "EVENT_ALIASES")
    if not all(hasattr(botocore.hooks, part) for part in parts):
        return
    aliaser, accepts, aliases = (getattr(botocore.hooks, part) for part in parts)
    start, names, known = aliaser.__init__, {}, {}

    def __init__(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
        start(self, event_emitter, event_aliases)
        if getattr(self, "_event_aliases", None) == aliases:
            self._alias_name_cache = names

    def accepts_kwargs(func: Any) -> bool:
        code = getattr(func, "__code__", None)
        if code is None or hasattr(func, "__signature__"):
            return accepts(func)
        if code not in known:
            known[code] = accepts(func)
        return known[code]

    aliaser.__init__ = __init__
    botocore.hooks.accepts_kwargs = accepts_kwargs


def prepare_sessions(count: int = 4) -> None:
    """Hand out sessions that were made here, before those that a module has to make itself.

    A session reads the environment and the configuration when it is first asked, so one that
    nobody asked is as new; what it read when it was made is read again. `count`: a module of
    amazon.aws makes one for each client, seldom more than this.
    """
    import botocore.session
    import botocore.useragent

    make = botocore.session.get_session
    prepared = [make() for _ in range(count)]

    def get_session(env_vars: Any = None) -> Any:
        if env_vars is not None or not prepared:
            return make(env_vars)
        session = prepared.pop()
        agent = botocore.useragent.UserAgentString.from_environment()
        session.register_component("user_agent_creator", agent)
        return session

    botocore.session.get_session = get_session


def load_service(service: str, data_path: str | None) -> None:
    """Parse the models of one AWS service, as making a client does; without credentials or network.

    `data_path`: as AWS_DATA_PATH. Raises what botocore does when its configuration is broken.
    """
    import botocore.config
    import botocore.session

    session = botocore.session.Session()
    session.set_config_variable("data_path", data_path)
    client = session.create_client(
        service,
        region_name="us-east-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",
        # «auto» would ask an instance's metadata for its region.
        config=botocore.config.Config(defaults_mode="legacy"),
    )
    # What clients look up at their first pager and waiter: among all services' files, each time anew.
    client.can_paginate(next(iter(client.meta.method_to_api_mapping)))
    _ = client.waiter_names, client.meta.service_model.endpoint_discovery_operation
    client.close()
