"""No container is left."""


def test_no_container_is_left(host):
    assert host.check_output("docker ps --all --quiet") == ""
