"""A real instance in the running lab, from its start to its end."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from lab.settings import Settings
from tests.waiting import until

pytestmark = pytest.mark.lab

SETTINGS = Settings.load()
NAME = "lab-live-test"
USER_DATA = "#!/bin/sh\necho user data ran as $(id -un)\necho once >>/root/runs\n"
TOKEN = (
    "curl -sf -m 3 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "
    "http://169.254.169.254/latest/api/token"
)


def client(service: str) -> Any:
    return boto3.client(
        service, endpoint_url=SETTINGS.emulator_url, region_name=SETTINGS.region,
        aws_access_key_id="lab-live-test", aws_secret_access_key="lab-live-test",
    )  # fmt: skip


def lab(*arguments: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[3]
    return subprocess.run([sys.executable, "-m", "lab", *arguments],
                          cwd=root, capture_output=True, text=True)  # fmt: skip


class Machine:
    """An instance with SSH."""

    def __init__(self, identity: str, address: str) -> None:
        self.id = identity
        self.address = address

    def ssh(self, command: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR",
                   "ConnectTimeout=2", "BatchMode=yes"]  # fmt: skip
        return subprocess.run(
            ["ssh", "-i", SETTINGS.ssh_key, *(f"-o{option}" for option in options),
             f"admin@{self.address}", command],
            capture_output=True, text=True, timeout=timeout,
        )  # fmt: skip

    def says(self, command: str) -> str:
        done = self.ssh(command)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def answers(self) -> bool:
        return self.ssh("true").returncode == 0

    def listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((self.address, 22), timeout=1):
            return True
        return False

    def boot(self) -> str:
        return self.ssh("cat /proc/sys/kernel/random/boot_id").stdout


@pytest.fixture(scope="module")
def ec2() -> Any:
    started = lab("up")
    assert started.returncode == 0, started.stderr
    return client("ec2")


@pytest.fixture(scope="module")
def subnet(ec2: Any) -> Iterator[str]:
    vpc = ec2.create_vpc(CidrBlock="10.29.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.29.7.0/24")["Subnet"]["SubnetId"]
    yield made
    ec2.delete_subnet(SubnetId=made)
    ec2.delete_vpc(VpcId=vpc)


@pytest.fixture(scope="module")
def profile() -> Iterator[str]:
    iam = client("iam")
    iam.create_role(RoleName=NAME, AssumeRolePolicyDocument="{}")
    iam.create_instance_profile(InstanceProfileName=NAME)
    iam.add_role_to_instance_profile(InstanceProfileName=NAME, RoleName=NAME)
    yield NAME
    iam.remove_role_from_instance_profile(InstanceProfileName=NAME, RoleName=NAME)
    iam.delete_instance_profile(InstanceProfileName=NAME)
    iam.delete_role(RoleName=NAME)


@pytest.fixture(scope="module")
def machine(ec2: Any, subnet: str, profile: str) -> Iterator[Machine]:
    public = SETTINGS.ssh_key.with_name(f"{SETTINGS.ssh_key.name}.pub").read_bytes()
    ec2.import_key_pair(KeyName=NAME, PublicKeyMaterial=public)
    made = ec2.run_instances(
        ImageId=ec2.describe_images()["Images"][0]["ImageId"], MinCount=1, MaxCount=1,
        InstanceType="t3.small", KeyName=NAME, UserData=USER_DATA, SubnetId=subnet,
        PrivateIpAddress="10.29.7.77", IamInstanceProfile={"Name": profile},
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    )["Instances"][0]  # fmt: skip
    found = Machine(made["InstanceId"], "10.29.7.77")
    until(found.answers)
    yield found
    ec2.terminate_instances(InstanceIds=[found.id])
    ec2.delete_key_pair(KeyName=NAME)
    until(lambda: not found.answers())
    until(lambda: not (SETTINGS.home / "hosts" / found.id).exists())


def test_a_fresh_instance_runs_whole(machine: Machine) -> None:
    assert machine.says("systemctl is-system-running --wait") == "running"
    assert machine.says("hostname -f") == "ip-10-29-7-77.ec2.internal"
    assert machine.says("sudo id -u") == "0"


def test_user_data_runs_once_as_root(machine: Machine) -> None:
    log = machine.says("sudo cat /var/log/cloud-init-output.log")
    assert "user data ran as root" in log
    assert "exit status 0" in log


def test_it_reaches_the_mirror_by_name(machine: Machine) -> None:
    done = machine.ssh("sudo apt-get -q -o Acquire::Retries=2 update")
    assert done.returncode == 0, done.stderr
    assert "Err:" not in done.stdout


def test_awss_names_lead_to_the_emulator_over_trusted_tls(machine: Machine) -> None:
    for name in ("sts.us-east-1", "sts", "a-bucket.s3.us-east-1", "api.ecr.us-east-1"):
        url = f"https://{name}.amazonaws.com/"
        assert machine.ssh(f"curl -sS -m 5 -o /dev/null {url}").returncode == 0, url
    assert machine.ssh("getent hosts none.us-east-1.rds.amazonaws.com").returncode, "no such thing"


def test_the_authority_of_rds_is_in_no_bundle_but_where_aws_has_it(machine: Machine) -> None:
    url = "https://truststore.pki.rds.amazonaws.com/us-east-1/us-east-1-bundle.pem"
    told = machine.says(f"curl -fsS -m 5 {url}")
    assert told == SETTINGS.database_pki.joinpath("ca.crt").read_text().strip()
    assert told.splitlines()[1] not in machine.says("cat /etc/ssl/certs/ca-certificates.crt")


def test_its_role_is_its_own_and_only_with_a_token(machine: Machine) -> None:
    path = "http://169.254.169.254/latest/meta-data/iam/security-credentials/"
    code = machine.says(f"curl -s -o /dev/null -w '%{{http_code}}' {path}")
    assert code == "401"
    header = f'-H "X-aws-ec2-metadata-token: $({TOKEN})"'
    assert machine.says(f"curl -sf {header} {path}") == NAME
    assert '"Code": "Success"' in machine.says(f"curl -sf {header} {path}{NAME}")


def test_the_hop_limit_of_the_record_holds(machine: Machine, ec2: Any) -> None:
    """A network namespace inside the host is one hop farther away, as a container is."""
    machine.says(
        "sudo sh -c 'ip netns add hop && ip link add hop0 type veth peer name hop1 netns hop && "
        "ip address add 192.0.2.1/30 dev hop0 && ip link set hop0 up && "
        "ip -n hop address add 192.0.2.2/30 dev hop1 && ip -n hop link set hop1 up && "
        "ip -n hop route add default via 192.0.2.1 && sysctl -qw net.ipv4.ip_forward=1 && "
        "iptables -t nat -A POSTROUTING -s 192.0.2.0/30 -o eth0 -j MASQUERADE'"
    )
    inside = f"sudo ip netns exec hop {TOKEN}"
    assert machine.ssh(TOKEN).returncode == 0
    assert machine.ssh(inside).returncode, "a token went one hop too far"
    ec2.modify_instance_metadata_options(
        InstanceId=machine.id, HttpTokens="required", HttpPutResponseHopLimit=2
    )
    assert machine.says(inside)
    machine.says("sudo ip netns delete hop")


def test_a_reboot_by_the_api_is_a_reboot(machine: Machine, ec2: Any) -> None:
    before = machine.boot()
    machine.says("sudo touch /root/kept /dev/shm/lost")
    ec2.reboot_instances(InstanceIds=[machine.id])
    until(lambda: machine.boot() not in ("", before))
    machine.says("sudo test -e /root/kept")
    assert machine.ssh("test -e /dev/shm/lost").returncode
    assert machine.says("sudo cat /root/runs") == "once", "user data ran again"


def test_a_reboot_from_inside_is_one_too(machine: Machine, tmp_path: Path) -> None:
    before = machine.boot()
    configuration = tmp_path / "ansible.cfg"
    configuration.write_text("[defaults]\nhost_key_checking = false\n")
    inventory = tmp_path / "hosts"
    inventory.write_text(
        f"{machine.address} ansible_user=admin ansible_ssh_private_key_file={SETTINGS.ssh_key}\n"
    )
    done = subprocess.run(
        [Path(sys.executable).with_name("ansible"), "all", "-i", inventory, "-b", "-m",
         "ansible.builtin.reboot", "-a", "reboot_timeout=180"],
        capture_output=True, text=True, cwd=tmp_path,
        env=os.environ | {"ANSIBLE_CONFIG": str(configuration)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert machine.boot() not in ("", before)


def test_stop_and_start_are_followed(machine: Machine, ec2: Any) -> None:
    ec2.stop_instances(InstanceIds=[machine.id])
    until(lambda: not machine.answers())
    ec2.start_instances(InstanceIds=[machine.id])
    until(machine.answers)


def test_an_elastic_address_leads_to_it_and_away_again(machine: Machine, ec2: Any) -> None:
    given = ec2.allocate_address(Domain="vpc")
    elastic = Machine(machine.id, given["PublicIp"])
    linked = ec2.associate_address(InstanceId=machine.id, AllocationId=given["AllocationId"])
    until(elastic.answers)
    assert elastic.boot() == machine.boot()
    ec2.disassociate_address(AssociationId=linked["AssociationId"])
    ec2.release_address(AllocationId=given["AllocationId"])
    until(lambda: not elastic.listens())


def test_a_zones_records_resolve_inside_and_on_this_machine(machine: Machine) -> None:
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name="lab-live.test", CallerReference=NAME)
    identity = zone["HostedZone"]["Id"]
    record = {"Name": "www.lab-live.test", "Type": "A", "TTL": 60,
              "ResourceRecords": [{"Value": machine.address}]}  # fmt: skip

    def change(action: str) -> None:
        changes = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=identity, ChangeBatch=changes)

    def inside() -> str:
        return machine.ssh("getent ahostsv4 www.lab-live.test").stdout

    change("CREATE")
    until(lambda: machine.address in inside())
    until(lambda: f"{machine.address} www.lab-live.test" in Path("/etc/hosts").read_text())
    change("DELETE")
    until(lambda: not inside())
    until(lambda: "www.lab-live.test" not in Path("/etc/hosts").read_text())
    route53.delete_hosted_zone(Id=identity)


def test_a_second_up_changes_nothing(machine: Machine) -> None:
    daemon = (SETTINGS.home / "daemon.pid").read_text()
    boot = machine.boot()
    done = lab("up")
    assert done.returncode == 0, done.stderr
    assert (SETTINGS.home / "daemon.pid").read_text() == daemon
    assert machine.boot() == boot


def test_nothing_of_the_lab_listens_beyond_this_machine() -> None:
    done = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True)
    daemon = (SETTINGS.home / "daemon.pid").read_text().strip()
    listening = [line.split()[3] for line in done.stdout.splitlines() if f"pid={daemon}," in line]
    assert len(listening) >= 3
    for address in listening:
        assert address.rpartition(":")[0] in ("10.16.0.1", "169.254.169.254"), address
