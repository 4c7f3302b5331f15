"""The picture of the architecture: what it is drawn from. That docs/ has it as drawn: test_tree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
from pages.architecture import read  # noqa: E402
from pages.drawing import draw  # noqa: E402

COMPONENTS = """
components:
  children:
    first:
      hosts:
        network: {network_cidr: 10.1.0.0/16}
        keys:
    second:
      hosts:
        orders: {component_role: database, database_multi_az: true}
        secrets: {component_role: secret_store}
    awaited:
      hosts:
        network:
"""


def inventory(folder: Path) -> Path:
    pages = folder / "group_vars" / "all"
    pages.mkdir(parents=True)
    (folder / "components.yml").write_text(COMPONENTS)
    (pages / "sizes.yml").write_text(
        "project: shop\nenv: qa\ndatabase_storage: 20\ndatabase_instance_class: db.t3.micro\n"
        "database_multi_az: false\napp_services: {api: {port: 3000}}\n"
    )
    return folder


def test_a_box_has_its_role_its_sizes_and_what_it_needs_itself(tmp_path):
    found = read(inventory(tmp_path), ROOT)
    assert list(found.tiers) == ["first", "second"]
    orders = found.tiers["second"][0]
    assert (orders.name, orders.role) == ("orders", "database")
    assert orders.facts == ["storage 20", "db.t3.micro", "multi az"]
    # It needs the keys through the secrets, so no arrow of its own leads there.
    assert orders.needs == {"network", "secrets"}
    assert found.tiers["first"][0].facts == ["10.1.0.0/16"]
    assert [box.facts for box in found.containers] == [["port 3000"]]


def test_the_picture_has_a_box_for_each_component_and_an_arrow_for_each_need(tmp_path):
    picture = ElementTree.fromstring(draw(read(inventory(tmp_path), ROOT)))
    name = "{http://www.w3.org/2000/svg}"
    shown = [text.text for text in picture.iter(f"{name}text") if text.get("class") == "name"]
    assert shown == ["network", "keys", "orders", "secrets", "api"]
    arrows = [path for path in picture.iter(f"{name}path") if path.get("class") == "need"]
    assert len(arrows) == 3


def test_the_command_draws_what_docs_has():
    command = [sys.executable, "scripts/architecture", "inventories/prod"]
    drawn = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    assert drawn == (ROOT / "docs/assets/architecture-prod.svg").read_bytes()
