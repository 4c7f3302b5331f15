"""Who knocks in another way than with a key, as admin, at a port that is let in, finds nobody."""

import socket
import subprocess

import pytest


@pytest.fixture
def knock(host, about):
    """A function that tries to log in by SSH with further options; it returns what ssh says."""

    def attempt(user, *options):
        configuration = host.backend.ssh_config
        command = [
            "ssh", "-F", configuration, "-o", "ControlPath=none", "-o", "NumberOfPasswordPrompts=0",
            *options, f"{user}@{host.backend.get_hostname()}", "id", "-un",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        return done.stdout + done.stderr

    return attempt


def opens(address, port):
    try:
        with socket.create_connection((address, port), timeout=2):
            return True
    except TimeoutError:
        return False


def test_a_key_opens(knock):
    assert knock("admin").strip() == "admin"


def test_a_password_is_not_even_asked_for(knock):
    told = knock("admin", "-o", "PubkeyAuthentication=no")
    assert "Permission denied (publickey)" in told


def test_root_is_refused_with_the_right_key(host, knock):
    assert host.file("/root/.ssh/authorized_keys").exists
    assert "Permission denied (publickey)" in knock("root")


def test_only_ports_that_are_let_in_answer(about):
    assert opens(about["ansible_host"], 8080)
    assert not opens(about["ansible_host"], 8081), "it is let in from elsewhere only"
    assert not opens(about["ansible_host"], 8082)


def test_the_rules_of_others_stand(host):
    assert host.run("nft list table ip others").succeeded


def test_the_firewall_comes_with_the_boot(host):
    assert host.service("groundwork-firewall").is_enabled


def test_a_run_that_shut_itself_out_said_so(host):
    said = host.file("/root/shut-out.txt").content_string
    assert "takes the firewall's rules back within 12 seconds" in said
    assert "192.0.2.0/24" in said


def test_an_sshd_that_listens_to_another_file_is_told(host):
    assert "does not do what" in host.file("/root/sshd.txt").content_string
    assert "(passwordauthentication no)" in host.file("/root/sshd.txt").content_string


def test_only_security_updates_come_by_themselves(host):
    told = host.run("unattended-upgrade --dry-run --debug")
    assert told.succeeded, told.stderr
    origins = next(line for line in told.stdout.splitlines() if "Allowed origins are" in line)
    assert origins.endswith("origin=Debian,codename=trixie-security,label=Debian-Security")


def test_updates_are_looked_for_and_nothing_reboots_or_restarts_by_them(host):
    told = host.check_output("apt-config dump")
    assert 'APT::Periodic::Unattended-Upgrade "1";' in told
    assert 'Unattended-Upgrade::Automatic-Reboot "false";' in told
    assert 'Unattended-Upgrade::Package-Blacklist:: "^docker\\.io$";' in told
    assert host.service("apt-daily-upgrade.timer").is_enabled


def test_the_time_is_amazons(host):
    assert host.service("chrony").is_enabled
    # Nothing is asked and no clock is set: it reads its configuration, and ends.
    told = host.run("chronyd -p -f /etc/chrony/chrony.conf")
    assert told.succeeded, told.stderr
    told = host.check_output("cat /etc/chrony/sources.d/groundwork.sources")
    assert "server 169.254.169.123 prefer" in told


def test_the_kernel_follows_no_redirect(host):
    assert host.sysctl("net.ipv4.conf.all.accept_redirects") == 0
    assert host.sysctl("net.ipv4.conf.all.send_redirects") == 0
