"""Hours of a month between a schedule's start and its stop."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.groundwork.aws.plugins.filter.schedules import running_hours


@pytest.mark.parametrize(
    ("stop", "start", "hours"),
    [
        # 13 hours on 5 days are 65 of 168 hours a week: 730 x 65 / 168 = 282.4.
        ("cron(0 20 ? * MON-FRI *)", "cron(0 7 ? * MON-FRI *)", 282.4),
        # The same days by number: Sunday is 1.
        ("cron(0 20 ? * 2-6 *)", "cron(0 7 ? * 2-6 *)", 282.4),
        # Over midnight, every day: 22:30 to 06:00 it is stopped, and runs for 16.5 hours: 730 x
        # 16.5 / 24.
        ("cron(30 22 * * ? *)", "cron(0 6 * * ? *)", 501.9),
        # Monday morning to Friday evening: 4 days and 13 hours, 109 of 168.
        ("cron(0 20 ? * FRI *)", "cron(0 7 ? * MON *)", 473.6),
        # A second start finds it running, a second stop stopped.
        ("cron(0 20,22 ? * MON-FRI *)", "cron(0 7,9 ? * MON-FRI *)", 282.4),
        # Saturday to Monday goes round the week's end: 3 days of 13 hours, 39 of 168.
        ("cron(0 20 ? * SAT-MON *)", "cron(0 7 ? * SAT-MON *)", 169.5),
        # Every second hour it starts, every hour at half it stops: 12 x half an hour a day.
        ("cron(30 * ? * * *)", "cron(0 0/2 ? * * *)", 182.5),
    ],
)
def test_hours_of_a_month(stop, start, hours):
    assert running_hours(stop, start) == pytest.approx(hours, abs=0.05)


@pytest.mark.parametrize(
    "stop", ["0 20 * * 1-5", "cron(0 20 1 * ? *)", "cron(0 25 ? * * *)", "cron(0 20 ? * MO *)"]
)
def test_what_is_not_understood_is_an_error(stop):
    with pytest.raises(AnsibleFilterError):
        running_hours(stop, "cron(0 7 ? * MON-FRI *)")
