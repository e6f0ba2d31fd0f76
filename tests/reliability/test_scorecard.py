"""The scorecard: how figures are judged, shown and kept; and that its commands lead somewhere."""

import re

import pytest

from tests.document import ROOT
from tests.scorecard import PROPERTY, Figure, Figures, collect, show, write_into

PAGE = """\
Repeat: `./scripts/soak tests/a.py`, a minute.

| what | measured | wanted |
|---|---|---|
| p99 | 9 ms | ≤ 10 ms |
| kept | 1 | - |
"""
SCORECARD = ROOT / "docs/reliability.md"


def test_a_figure_is_noted_though_it_is_not_what_is_wanted() -> None:
    properties: list[tuple[str, object]] = []
    note = Figures("tests/a.py", properties)
    note("p99", 12.345, "ms", most=250)
    note("cases", 61, least=60)
    with pytest.raises(AssertionError, match="leaks: 1, wanted = 0"):
        note("leaks", 1, exactly=0)
    assert collect(properties) == [
        ("tests/a.py", "p99", "12.3 ms", "≤ 250 ms"),
        ("tests/a.py", "cases", "61", "≥ 60"),
        ("tests/a.py", "leaks", "1", "= 0"),
    ]


def test_what_a_worker_reports_is_collected_too() -> None:
    assert collect([["other", 1], [PROPERTY, ["tests/a.py", "p99", "3 ms", "-"]]]) == [
        Figure("tests/a.py", "p99", "3 ms", "-")
    ]


def test_figures_are_shown_by_file() -> None:
    figures = [Figure("b", "q", "1", "-"), Figure("a", "p", "2 ms", "≤ 3 ms"), Figure("a", "o", "4", "-")]
    assert show(figures) == ["a", "  o: 4", "  p: 2 ms (≤ 3 ms)", "b", "  q: 1"]


def test_rows_are_replaced_kept_and_added() -> None:
    figures = [Figure("tests/a.py", "p99", "7 ms", "≤ 10 ms"), Figure("tests/a.py", "new", "2", "-")]
    written = write_into(PAGE, figures)
    assert written == PAGE.replace("9 ms", "7 ms") + "| new | 2 | - |\n"
    assert write_into(written, figures) == written


def test_a_figure_without_a_table_is_not_lost_in_silence() -> None:
    with pytest.raises(ValueError, match=r"no table is for tests/b\.py"):
        write_into(PAGE, [Figure("tests/b.py", "p99", "7 ms", "-")])


def test_every_command_of_the_scorecard_leads_somewhere() -> None:
    named = re.findall(r"`\./scripts/(\w+)((?: [\w./-]+)*)`", SCORECARD.read_text(encoding="utf-8"))
    assert len(named) >= 8
    for script, arguments in named:
        assert (ROOT / "scripts" / script).is_file()
        assert [path for path in arguments.split() if "/" in path and not (ROOT / path).exists()] == []
