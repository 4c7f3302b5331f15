"""What moto looks up anew for each call or service, looked up once: most of its time was that."""

from functools import cache
from threading import Lock
from typing import Any

from moto.core import utils
from moto.core.loaders import Loader, create_loader
from moto.moto_server.werkzeug_app import DomainDispatcherApplication


class Dispatcher(DomainDispatcherApplication):
    """Knows which service answers at a host.

    moto lists its folder on the disk to find that out, and all other calls wait meanwhile.
    """

    def __init__(self, create_app: Any) -> None:
        super().__init__(create_app)
        self.get_backend_for_host = cache(super().get_backend_for_host)


_loading = Lock()


@cache
def _loader() -> Loader:
    return create_loader()


def load_service_model(service: str, kind: str) -> dict[str, Any]:
    """A model of botocore's, as moto extends it; `kind` is such as `service-2`.

    moto has a loader for each, which looks for the four hundred services on the disk; and calls
    that come at the same time each load what they all need.
    """
    with _loading:
        return _loader().load_service_model(service, kind)


@cache
def _services() -> dict[str, str]:
    with _loading:
        names = _loader().list_available_services("service-2")
    return {name.replace("-", ""): name for name in names}


def service_name(package: str) -> str:
    """botocore's name of a service, by that of moto's package."""
    return _services().get(package, package)


def apply() -> None:
    """Put it in force in this process. Raises AttributeError where moto has it no more."""
    for name, ours in (
        ("service_name_from_moto_package_name", service_name),
        ("_load_service_model", load_service_model),
    ):
        if getattr(utils, name) is not ours:
            setattr(utils, name, ours)
