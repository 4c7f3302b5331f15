"""The machine's Debian mirror is found in both forms of apt's configuration."""

from pathlib import Path

import pytest

from lab import debian
from lab.debian import Mirror, Source
from lab.errors import LabError

DEB822 = """\
# the usual
Types: deb deb-src
URIs: https://mirror.example/debian/
Suites: trixie trixie-updates
Components: main non-free-firmware
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: https://mirror.example/debian-security
Suites: trixie-security
Components: main

Enabled: no
Types: deb
URIs: https://disabled.example/debian
Suites: trixie
Components: main

Types: deb
URIs:
  https://tools.example/deb
Suites: nodistro
Components: main
"""
ONE_LINE = """\
# deb https://commented.example/debian bookworm main
deb-src https://source.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/vendor.gpg] https://vendor.example/linux bookworm stable
deb https://vendor.example/pg bookworm-pgdg main
deb [signed-by=/etc/debian.gpg] https://old.example/debian bookworm main contrib
deb https://old.example/debian-security bookworm-security main # security
"""


def test_deb822_with_comments_several_suites_and_disabled_stanzas() -> None:
    found = list(debian.parse_deb822(DEB822))
    assert Source("https://mirror.example/debian/", "trixie-updates",
                  ("main", "non-free-firmware")) in found  # fmt: skip
    assert Source("https://tools.example/deb", "nodistro", ("main",)) in found
    assert not [one for one in found if "disabled" in one.uri]


def test_the_mirror_is_debians_own_not_a_vendors() -> None:
    both = Mirror("https://mirror.example/debian", "https://mirror.example/debian-security")
    assert debian.choose(debian.parse_deb822(DEB822)) == both
    old = Mirror("https://old.example/debian", "https://old.example/debian-security")
    assert debian.choose(debian.parse_one_line(ONE_LINE)) == old


def test_a_machine_without_a_debian_mirror_has_none() -> None:
    ubuntu = "deb https://archive.example/ubuntu noble main universe\n"
    assert debian.choose(debian.parse_one_line(ubuntu)) is None


def test_both_files_of_a_folder_are_read_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text(ONE_LINE)
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    (tmp_path / "sources.list.d" / "old.list.save").write_text("deb https://saved.example sid main")
    uris = {one.uri for one in debian.sources(tmp_path)}
    assert {"https://old.example/debian", "https://mirror.example/debian/"} <= uris
    assert "https://saved.example" not in uris


def test_a_list_of_mirrors_is_resolved_to_its_first(tmp_path: Path) -> None:
    listed = tmp_path / "debian.list"
    listed.write_text(
        "# comment\nhttps://first.example/debian\tpriority:1\nhttps://second.example\n"
    )
    line = f"deb mirror+file:{listed} trixie main"
    assert debian.choose(debian.parse_one_line(line)) == Mirror("https://first.example/debian")


def test_a_named_mirror_wins_and_a_missing_one_says_how_to_name_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LAB_DEBIAN_MIRROR", "https://named.example/debian/")
    assert debian.mirror().lines("trixie") == [
        "deb https://named.example/debian trixie main",
        "deb https://named.example/debian trixie-updates main",
    ]
    monkeypatch.delenv("LAB_DEBIAN_MIRROR")
    monkeypatch.setattr(debian, "sources", list)
    with pytest.raises(LabError, match="LAB_DEBIAN_MIRROR"):
        debian.mirror()
