"""Medians and ratios, and who is left out of them."""

from pathlib import Path

import pytest

from benchmarks.peers.figure import gather
from benchmarks.peers.record import Failure, Record, keeping, read_records
from tests.benchmarks.measured import round_of, whole_run


def test_a_figure_is_the_median_of_its_rounds() -> None:
    figure = gather(round_of("mockoon", rate) for rate in (100, 700, 300)).figures["item", "mockoon", 1_000]
    assert figure.rate == pytest.approx(300)
    assert figure.cpu_us == pytest.approx(1e6 / 600)


def test_a_ratio_is_by_rate_and_by_cpu() -> None:
    slow = round_of("mockoon", 100).model_copy(update={"cpu_s": 0.5})
    ratio = gather([round_of("mockserver", 400), slow]).ratio("item", "mockoon", 1_000)
    assert ratio == pytest.approx((4, 2))


@pytest.mark.parametrize(
    "other",
    [round_of("mockoon", 100, bad_statuses=1), round_of("mockoon", 0), round_of("mockoon", 100, rows=10_000)],
    ids=["errs", "answers nothing", "another size"],
)
def test_what_is_no_measure_has_no_ratio(other: Record) -> None:
    assert gather([round_of("mockserver", 400), other]).ratio("item", "mockoon", 1_000) is None


def test_errors_of_all_rounds_are_told() -> None:
    rounds = [round_of("mockoon", 100, bad_statuses=count) for count in (2, 0, 3)]
    assert gather(rounds).figures["item", "mockoon", 1_000].errors == 5


def test_records_are_read_as_they_were_kept_also_in_two_goes(tmp_path: Path) -> None:
    records = [*whole_run(), Failure(peer="prism", rows=1_000, text="it did not start: ä|\n")]
    path = tmp_path / "cache" / "measured.jsonl"
    assert read_records(path) == []
    for part in (records[:5], records[5:]):
        with keeping(path) as keep:
            for record in part:
                keep(record)
    assert read_records(path) == records
