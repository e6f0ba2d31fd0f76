"""The section that is written: true to the figures, in its place, and nothing else touched."""

import re
from collections.abc import Iterable
from pathlib import Path

from benchmarks.peers.figure import gather
from benchmarks.peers.goal import GOALS
from benchmarks.peers.record import Failure, Record
from benchmarks.peers.report import BEGIN, END, make_charts, put_section, write_report, write_section
from tests.benchmarks.measured import round_of, whole_run


def write(records: Iterable[Record]) -> str:
    results = gather(records)
    return write_section(results, make_charts(results))


def test_figures_stand_beside_how_many_times_ours_they_are() -> None:
    text = write(whole_run())
    assert "| mockserver | 1,000 | 20,000 | 0.8 | 2 | 25 |  |  |  |" in text
    assert "| Mockoon | 100,000 | 2 | 8,000 | 20,000 | 250,000 | 10,000× | 10,000× |  |" in text
    assert "| json-server 1.x | json-server@1.0.0-beta.15 | `run json-server-1` |" in text
    assert "| mockserver | 100,000 | 10.00 | 10 | 0 |" in text


def test_every_table_has_cells_for_all_of_its_columns() -> None:
    tables = re.findall(r"(?:^\|.*\n)+", write(whole_run()), re.MULTILINE)
    assert len(tables) == 11
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1, table


def test_every_goal_is_judged() -> None:
    text = write(whole_run())
    assert text.count("| met |") == len(GOALS)
    assert write([round_of("mockserver", 10), round_of("mockoon", 10)]).count("**not met**") == 1


def test_a_peer_with_errors_is_shown_and_not_compared() -> None:
    text = write([round_of("mockserver", 1_000), round_of("mockoon", 2_000, bad_statuses=7), *whole_run()])
    assert re.search(r"^\| Mockoon \| 1,000 \| .* \|  \|  \| 7 \|$", text, re.MULTILINE)


def test_what_could_not_be_measured_says_why_in_one_cell() -> None:
    text = write([*whole_run(), Failure(peer="prism", rows=1_000, text="it did not start: a | b\n  c")])
    assert "| Prism | 1,000 | all | it did not start: a \\| b c |" in text


def test_a_report_leaves_all_else_as_it_was(tmp_path: Path) -> None:
    results, path = gather(whole_run()), tmp_path / "RESULTS.md"
    path.write_text("# Benchmarks\n\nFigures.\n\n## Start\n\nold\n", encoding="utf-8")
    write_report(results, tmp_path)
    once = path.read_text(encoding="utf-8")
    write_report(results, tmp_path)
    assert path.read_text(encoding="utf-8") == once
    assert once.index(BEGIN) < once.index("Figures.")
    assert once.endswith("\n\nFigures.\n\n## Start\n\nold\n")
    shown = set(re.findall(r"\]\(charts/(.+?)\.svg\)", once))
    assert shown == {chart.stem for chart in (tmp_path / "charts").iterdir()} == set(make_charts(results))


def test_a_section_stays_where_it_was_put() -> None:
    text = put_section(f"# B\n\nHow.\n\n{BEGIN}\n\nold\n{END}\n\n## Start\n", "new\n")
    assert text == f"# B\n\nHow.\n\n{BEGIN}\n\nnew\n\n{END}\n\n## Start\n"
