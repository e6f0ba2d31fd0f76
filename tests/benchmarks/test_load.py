"""What the tools say, as it is read: the words of wrk, and those of the system about processes."""

import os

import pytest

from benchmarks.peers.load import Load, LoadError, parse_load
from benchmarks.peers.measure import choose_seconds
from benchmarks.peers.process import Usage, parse_usage, read_usage

SAID = """Running 2s test @ http://127.0.0.1:4100
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.50ms    1.07ms  16.54ms   84.72%
measured {"requests":12614,"seconds":2.000631,"p50_ms":2.100,"p99_ms":16.000,"bad_statuses":1,"timeouts":2,"broken":3}
"""


def test_what_wrk_measured_is_found_in_what_it_says() -> None:
    load = parse_load(SAID)
    assert load == Load(requests=12614, seconds=2.000631, p50_ms=2.1, p99_ms=16, bad_statuses=1, timeouts=2, broken=3)
    assert load.errors == 6


def test_wrk_without_a_measure_says_why() -> None:
    with pytest.raises(LoadError, match="unable to connect"):
        parse_load("unable to connect to 127.0.0.1:1 Connection refused\n")


@pytest.mark.parametrize(("answer_s", "seconds"), [(0.0001, 2), (0.25, 2), (0.3, 3), (0.6, 5), (0.7, 6), (60, 6)])
def test_a_round_is_longer_where_an_answer_takes_long(answer_s: float, seconds: int) -> None:
    assert choose_seconds(2, answer_s) == seconds


@pytest.mark.parametrize("name", ["node", "a (b) c)", "two words"])
def test_a_process_counts_for_its_session_alone(name: str) -> None:
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    used = f"{3 * ticks} {2 * ticks}"
    line = f"77 ({name}) S 1 76 70 0 -1 4194304 9 8 7 6 {used} 55 44 20 0 11 0 12345 1000000 500 18446744073709551615\n"
    assert parse_usage(line, 70) == Usage(5.0, 500 * page)
    assert parse_usage(line, 77) == Usage(0.0, 0)


def test_this_very_process_has_used_something() -> None:
    used = read_usage(os.getsid(0))
    assert used.memory_bytes > 10**6
