"""What moto looks up anew for each call, looked up once: three quarters of its time were that."""

from functools import cache
from typing import Any

from botocore.session import Session
from moto.core import utils
from moto.moto_server.werkzeug_app import DomainDispatcherApplication


class Dispatcher(DomainDispatcherApplication):
    """Knows which service answers at a host.

    moto lists its folder on the disk to find that out, and all other calls wait meanwhile.
    """

    def __init__(self, create_app: Any) -> None:
        super().__init__(create_app)
        self.get_backend_for_host = cache(super().get_backend_for_host)


@cache
def _services() -> dict[str, str]:
    return {name.replace("-", ""): name for name in Session().get_available_services()}


def service_name(package: str) -> str:
    """botocore's name of a service, by that of moto's package."""
    return _services().get(package, package)


def apply() -> None:
    """Put it in force in this process. Raises AttributeError where moto has it no more."""
    if utils.service_name_from_moto_package_name is not service_name:
        utils.service_name_from_moto_package_name = service_name
