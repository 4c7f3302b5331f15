"""After successes, failures and a time limit, no container is left that could hold the lock."""


def test_no_container_is_left(host):
    assert host.check_output("docker ps --all --quiet") == ""


def test_no_process_is_left(host):
    assert host.run("pgrep --full [/]migrate").rc == 1
