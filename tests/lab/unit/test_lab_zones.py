"""The resolver answers AWS's names, endpoints of the lab, and Route53's records."""

from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path

from lab import zones
from lab.emulator.records import Instance, RecordSet
from lab.settings import Settings

BALANCER = "shop-1.us-east-1.elb.amazonaws.com"
FIXED = {BALANCER: IPv4Address("10.16.1.5")}


def record(name: str, kind: str = "A", *values: str, alias: str = "") -> RecordSet:
    return RecordSet("example.test", name, kind, values, alias, private=False)


def configured(settings: Settings, *records: RecordSet, fixed: dict = FIXED) -> list[str]:
    text = zones.configuration(settings, ["192.0.2.53"], fixed, ["example.test"], list(records))
    return text.splitlines()


def test_aws_leads_to_the_front_the_registry_to_its_own_address(settings: Settings) -> None:
    lines = configured(settings)
    assert "address=/amazonaws.com/10.16.0.2" in lines
    assert "address=/dkr.ecr.us-east-1.amazonaws.com/10.16.0.3" in lines
    assert "server=192.0.2.53" in lines
    assert f"host-record={BALANCER},10.16.1.5" in lines
    assert "address=/us-east-1.rds.amazonaws.com/" in lines, "no database, no address"


def test_a_zone_is_the_labs_own_and_its_records_are_answered(settings: Settings) -> None:
    lines = configured(
        settings,
        record("qa.example.test", alias=f"dualstack.{BALANCER}"),
        record("www.example.test", "CNAME", "qa.example.test."),
        record("plain.example.test", "A", "10.20.1.1", "10.20.1.2"),
        record("*.wild.example.test", "A", "10.20.1.3"),
        record("note.example.test", "TXT", '"v=spf1 -all"'),
    )
    assert "local=/example.test/" in lines
    assert "host-record=qa.example.test,10.16.1.5" in lines
    assert "host-record=www.example.test,10.16.1.5" in lines
    assert "host-record=plain.example.test,10.20.1.2" in lines
    assert "address=/wild.example.test/10.20.1.3" in lines
    assert 'txt-record=note.example.test,"v=spf1 -all"' in lines


def test_records_that_chase_each_other_or_lead_away_have_no_address(settings: Settings) -> None:
    lines = configured(
        settings,
        record("a.example.test", "CNAME", "b.example.test"),
        record("b.example.test", "CNAME", "a.example.test"),
        record("out.example.test", "CNAME", "elsewhere.example"),
    )
    assert not [
        line for line in lines if line.startswith("host-record=") and "example.test" in line
    ]


def test_a_record_cannot_write_configuration(settings: Settings) -> None:
    lines = configured(
        settings,
        record("x.example.test,10.0.0.1\naddn-hosts=/etc/shadow", "A", "10.20.1.1"),
        record("y.example.test", "A", "10.20.1.1\nserver=6.6.6.6"),
        record("z.example.test", "TXT", '"a"\nserver=6.6.6.6'),
    )
    assert not [line for line in lines if "shadow" in line or "6.6.6.6" in line]


def test_a_hosts_file_gets_plain_names_only() -> None:
    records = [
        record("qa.example.test", alias=BALANCER),
        record("*.example.test", "A", "10.20.1.3"),
        record("_acme.example.test", "CNAME", "x.acm-validations.aws."),
        record("example.test", "NS", "ns-1.awsdns-1.org"),
    ]
    assert zones.addresses(records, FIXED) == {"qa.example.test": IPv4Address("10.16.1.5")}


def test_a_terminated_instance_has_no_name(make_instance: Callable[..., Instance]) -> None:
    names = zones.of_instances([make_instance(), make_instance(id="i-2", state="terminated",
                                private_name="ip-10-20-1-11.ec2.internal")])  # fmt: skip
    assert names == dict.fromkeys(
        ("ip-10-20-1-10.ec2.internal", "ec2-10-31-0-5.compute-1.amazonaws.com"),
        IPv4Address("10.20.1.10"),
    )


def test_a_resolver_that_a_container_cannot_reach_is_not_taken(tmp_path: Path) -> None:
    stub, real = tmp_path / "stub", tmp_path / "real"
    stub.write_text("nameserver 127.0.0.53\noptions edns0\n")
    assert zones.upstream([stub, real]) == ["127.0.0.11"]
    real.write_text("# x\nnameserver fd00::1\nnameserver 192.0.2.1\nnameserver 192.0.2.2\n")
    assert zones.upstream([stub, real]) == ["192.0.2.1", "192.0.2.2"]
