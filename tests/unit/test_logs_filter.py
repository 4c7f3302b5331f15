"""The logs of several hosts in one list."""

from ansible_collections.groundwork.aws.plugins.filter.logs import log_lines

OUTPUTS = {
    "app-1": (
        "\x1b[2Kshop-qa-blue-api-1  | 2026-11-21T09:40:02.100000000Z second\n"
        "shop-qa-green-web-1  | 2026-11-21T09:40:03.100000000Z third Error | with a bar\n"
        "no such service: x\n"
    ),
    "app-2": "shop-qa-blue-one-off-1  | 2026-11-21T09:40:01.123456789Z first\n",
}


def test_lines_of_all_hosts_stand_in_the_order_of_time():
    assert log_lines(OUTPUTS, "shop-qa") == [
        "2026-11-21 09:40:01.123  app-2  one-off  first",
        "2026-11-21 09:40:02.100  app-1  api      second",
        "2026-11-21 09:40:03.100  app-1  web      third Error | with a bar",
    ]


def test_lines_are_chosen_by_a_pattern():
    (line,) = log_lines(OUTPUTS, "shop-qa", "error|fatal")
    assert line.endswith("third Error | with a bar")
    assert log_lines({}, "shop-qa") == []
