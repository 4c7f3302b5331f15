"""What moto looks up anew for each call is looked up once, and found the same."""

from __future__ import annotations

from moto import backends
from moto.core import utils
from moto.core.loaders import create_loader
from moto.moto_server.werkzeug_app import create_backend_app

from lab.emulator import lookups

SERVICES = ("ec2", "elbv2", "resourcegroupstaggingapi", "secretsmanager", "acm_pca", "moto_api")
HOSTS = ("s3.us-east-1.amazonaws.com", "budgets.amazonaws.com", "dynamodb", "nobody.example", None)


def test_services_have_the_names_that_moto_finds(aws):
    assert utils.service_name_from_moto_package_name is lookups.service_name
    slow = {name.replace("-", ""): name for name in utils.Session().get_available_services()}
    assert {s: lookups.service_name(s) for s in SERVICES} == {s: slow.get(s, s) for s in SERVICES}


def test_models_are_motos_and_come_of_one_loader(aws):
    assert utils._load_service_model is lookups.load_service_model
    for kind in ("service-2", "paginators-1"):
        loaded = lookups.load_service_model("sqs", kind)
        assert loaded == create_loader().load_service_model("sqs", kind)
        assert lookups.load_service_model("sqs", kind) is loaded


def test_the_service_of_a_host_is_looked_for_once(monkeypatch):
    looked = []
    modules = list(backends.list_of_moto_modules())
    monkeypatch.setattr(backends, "list_of_moto_modules", lambda: looked.append(1) or iter(modules))
    slow = lookups.DomainDispatcherApplication(create_backend_app)
    quick = lookups.Dispatcher(create_backend_app)
    found = [slow.get_backend_for_host(host) for host in HOSTS]
    looked.clear()
    assert [quick.get_backend_for_host(host) for host in HOSTS * 3] == found * 3
    assert len(looked) == len(HOSTS) - 1
