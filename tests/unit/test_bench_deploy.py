"""The benchmark of deploys: what hey tells, as numbers and a verdict; where load may go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.deploy import releases, report
from benchmarks.deploy.errors import Stop
from benchmarks.deploy.phase import Phase
from benchmarks.deploy.samples import Sample, failures, parse, percentile
from benchmarks.deploy.streams import Stream, streams, total_rate
from benchmarks.deploy.target import address_of
from tests.unit.bench_load import LAB, SAMPLE, chunk, switched

EVERYTHING = streams("/fast", "/page", "/slow", "/upload")


def test_what_hey_leaves_out_had_no_answer():
    phase = Phase("deploy", [chunk(parse(SAMPLE.read_text()))])
    assert phase.requests() == 24
    found = phase.failures()
    assert sorted(one.what for one in found) == ["no answer"] + ["status 503"] * 4
    assert phase.failed() == 8
    unanswered = next(one for one in found if one.what == "no answer")
    assert (unanswered.count, unanswered.begun, unanswered.ended) == (4, 1000.0, 1010.0)
    assert next(one for one in found if one.what == "status 503").begun == 1000.0739


@pytest.mark.parametrize(
    "text", ["", "flag provided but not defined: -x", "a,b\n1,2\n"], ids=["none", "error", "other"]
)
def test_what_is_no_csv_is_not_zero_failures(text):
    with pytest.raises(Stop, match="no CSV"):
        parse(text)


def test_a_cut_line_is_refused():
    with pytest.raises(Stop, match="broken"):
        parse(SAMPLE.read_text()[:-12])


def test_more_answers_than_requests_are_refused():
    with pytest.raises(Stop, match="1 more"):
        failures(chunk([Sample(0.1, 200, 0.0)] * 25))


def test_an_unexpected_status_is_a_failure():
    moved = [Sample(0.1, 301, 0.0), *[Sample(0.1, 200, 0.0)] * 23]
    assert [one.what for one in failures(chunk(moved))] == ["status 301"]


def test_percentiles_are_by_rank():
    values = [float(n) for n in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0, 0.5, 0.99, 1)] == [1, 50, 99, 100]
    assert percentile([], 0.5) is None


def test_the_load_is_of_200_a_second_of_every_kind():
    assert report.RATE <= total_rate(EVERYTHING) <= 1.1 * report.RATE
    assert all(one.count() % one.workers == 0 for one in EVERYTHING)
    assert [one.name for one in streams("/fast", "", "", "/upload")] == ["kept", "new", "upload"]


def test_hey_is_sent_to_the_address_and_never_repeats():
    for one in EVERYTHING:
        words = one.command(LAB, "qa.example", Path("/body"))
        assert words[-1] == f"https://10.16.1.1{one.path}"
        assert words[words.index("-host") + 1] == "qa.example"
        assert words[words.index("-n") + 1] == str(one.count())
        assert ("-disable-keepalive" in words) == (one.name == "new")
        assert one.fresh or "-d" in words or "-D" in words


def test_load_is_sent_to_the_lab_only():
    assert address_of("lab", lambda _: ["10.16.1.1", "10.16.1.1"]) == LAB
    for outside in (["10.17.0.1"], ["10.16.1.1", "203.0.113.9"], ["::1"]):
        with pytest.raises(Stop, match=f"{outside[-1]}, which is not in the lab"):
            address_of("other", lambda _, found=outside: found)

    def nowhere(_):
        raise OSError(-2, "Name or service not known")

    with pytest.raises(Stop, match="make demo"):
        address_of("none", nowhere)


def test_the_last_switch_counts_without_the_applications_start():
    phase = Phase("deploy", switches=switched(10.0, 21.5))
    assert (phase.last_switch(), phase.beyond_start()) == (21.5, 17.5)
    assert Phase("failing deploy").beyond_start() is None


def test_the_rate_is_that_of_all_streams_together():
    slow = Stream("slow", "/", workers=2, pace=5)
    phase = Phase("quiet", [chunk(), chunk(begun=1010.0), chunk([], stream=slow)])
    assert phase.rate() == pytest.approx(2.4 + 0.4)


def test_slow_requests_do_not_blur_the_quick_ones():
    slow = Stream("slow", "/", workers=2, pace=5, quick=False)
    phase = Phase("quiet", [chunk(), chunk([Sample(5.0, 200, 0.0)] * 4, stream=slow)])
    told = phase.to_dict()["milliseconds"]
    assert (told["quick"]["max"], told["slow"]["max"]) == (24, 5000)


def phases(deploy_seconds: float = 0.02) -> list[Phase]:
    load = [chunk([Sample(deploy_seconds, 200, 0.0)] * 24)]
    return [
        Phase("quiet", [chunk([Sample(0.01, 200, 0.0)] * 24)], seconds=20.0),
        Phase("deploy", load, switched(12.0), 20.0),
        Phase("rollback", load, switched(4.5, start=0.5), 9.0),
    ]


def test_the_table_has_a_line_for_each_phase():
    head, quiet, deploy, _ = report.table(phases())
    assert head.split()[:2] == ["phase", "requests"]
    assert quiet.split() == ["quiet", "24", "2", "0", "10.0", "10.0", "1.00", "-", "-", "-", "20.0"]
    assert deploy.split()[6:] == ["2.00", "12.0", "8.0", "4.1", "20.0"]
    assert len(head) == len(deploy)


def test_aims_are_met_or_missed_by_number():
    def missed(*given):
        return {
            words for met, words in report.aims(*given) if not met and "requests/s" not in words
        }

    assert missed(phases(), 1) == set()
    assert missed(phases(0.021), 1) == {
        "deploy: p99 is 2.10 times the quiet one (aim: 2)",
        "rollback: p99 is 2.10 times the quiet one (aim: 2)",
    }
    late = [
        Phase("deploy, no load", switches=switched(20.0)),
        Phase("rollback, no load", switches=switched(5.1)),
    ]
    assert missed(late, 1) == {
        "deploy, no load: 16.0 s beyond the application's own start (aim: 15)",
        "rollback, no load: 5.1 s from the command (aim: 5)",
    }
    assert missed(late, 3) == {"rollback, no load: 5.1 s from the command (aim: 5)"}


def test_one_failed_request_fails_the_benchmark():
    good = phases()
    assert report.passed(good) and not report.failure_lines(good)
    bad = [*good, Phase("proxy reload", [chunk([Sample(0.01, 200, 0.0)] * 23)])]
    assert not report.passed(bad)
    assert report.failure_lines(bad) == [
        "proxy reload: 1 of new, 00:16:40.000 to 00:16:50.000: no answer"
    ]
    assert not report.passed([*good, Phase("rollback", problem="qa-1 serves, not qa-2")])
    told = json.loads(json.dumps(report.to_dict(bad, 1)))
    assert (told["passed"], told["phases"][-1]["failed"]) == (False, 1)


@pytest.mark.parametrize("failure", releases.FAILURES)
def test_only_the_apis_command_is_replaced(failure):
    before = (releases.APP / "api/Dockerfile").read_text()
    after = releases.failing_dockerfile(before, failure)
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    changed = [pair for pair in pairs if pair[0] != pair[1]]
    assert [pair[0] for pair in changed] == ['CMD ["node", "dist/server.js"]']
    assert json.loads(changed[0][1].removeprefix("CMD ")) == releases.FAILURES[failure]


def test_a_dockerfile_without_a_command_in_its_last_stage_is_refused():
    with pytest.raises(Stop, match="CMD"):
        releases.failing_dockerfile('FROM a\nCMD ["x"]\nFROM b\nRUN y\n', "exit")


def test_the_images_of_a_release_are_found_by_tag():
    details = {
        "r/api": [
            {"imageDigest": "sha256:1", "imageTags": ["qa-1", "latest"]},
            {"imageDigest": "sha256:2", "imageTags": ["qa-1-migrate"]},
            {"imageDigest": "sha256:3", "imageTags": ["qa-1-bad"]},
        ],
        "r/web": [{"imageDigest": "sha256:4"}],
    }
    assert releases.images("qa-1", details) == ["r/api@sha256:1", "r/api@sha256:2"]
