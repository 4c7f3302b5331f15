"""What the role hardening writes."""

from tests.unit.host_roles import render


def rules(chain: str, **given: object) -> list[str]:
    text = render("hardening", "firewall.nft.j2", hardening_firewall_ssh_port=22, **given)
    body = text.partition(f"chain {chain} {{\n")[2].partition("\n  }")[0]
    return [line.strip() for line in body.splitlines() if line.strip()]


def test_firewall_lets_in_ssh_and_nothing_else_by_default():
    opened = [rule for rule in rules("input") if "dport" in rule and not rule.startswith("udp")]
    assert opened == ["tcp dport 22 accept"]
    assert rules("input")[0].endswith("policy drop;")
    assert rules("forward")[0].endswith("policy drop;")


def test_firewall_keeps_to_the_ranges_of_both_families():
    given = {
        "hardening_firewall_ssh_from": ["203.0.113.0/24", "2001:db8::/32"],
        "hardening_firewall_allowed": [
            {"ports": [3000, 3001], "from": ["10.20.0.0/16"]},
            {"ports": [9100]},
        ],
    }
    assert [rule for rule in rules("input", **given) if "dport" in rule][2:] == [
        "ip saddr { 203.0.113.0/24 } tcp dport 22 accept",
        "ip6 saddr { 2001:db8::/32 } tcp dport 22 accept",
        "ip saddr { 10.20.0.0/16 } tcp dport { 3000, 3001 } accept",
        "tcp dport { 9100 } accept",
    ]


def test_published_ports_of_containers_are_let_in_as_the_hosts_own_are():
    opened = [
        rule
        for rule in rules("forward", hardening_firewall_allowed=[{"ports": [9100], "from": []}])
        if "proto-dst" in rule
    ]
    assert opened == ["ct status dnat meta l4proto tcp ct original proto-dst { 9100 } accept"]


def test_a_container_does_not_reach_the_instances_role():
    told = rules("forward")
    assert told.index("ip daddr 169.254.169.254 drop") < told.index(
        'iifname { "docker0", "br-*" } accept'
    )


def test_a_table_of_others_is_not_touched():
    text = render("hardening", "firewall.nft.j2", hardening_firewall_ssh_port=22)
    assert "flush ruleset" not in text
    assert "delete table inet groundwork" in text


def test_held_packages_are_held_by_their_whole_name():
    text = render("hardening", "upgrades.conf.j2")
    assert '"^docker\\.io$";' in text
    assert '"origin=Debian,codename=${distro_codename}-security,label=Debian-Security";' in text
    assert 'Automatic-Reboot "false"' in text
