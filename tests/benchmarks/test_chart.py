"""Charts are SVG that can be read: well-formed, described, a mark for each figure, no name on another."""

from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.peers.chart import COLOURS, MARKS, TOP, Chart, Series, draw_chart, spread
from benchmarks.peers.figure import gather
from benchmarks.peers.peer import PEERS
from benchmarks.peers.report import make_charts
from tests.benchmarks.measured import SIZES, whole_run

SVG = "{http://www.w3.org/2000/svg}"
CHARTS = make_charts(gather(whole_run()))


def drawn(chart: Chart, kind: str, name: str) -> list[Element]:
    """The elements of a kind that have a class."""
    found = fromstring(draw_chart(chart)).iter(f"{SVG}{kind}")  # noqa: S314  # it is our own text
    return [element for element in found if name in element.get("class", "").split()]


@pytest.mark.parametrize("name", CHARTS)
def test_every_figure_has_a_mark_and_every_server_a_name(name: str) -> None:
    chart = CHARTS[name]
    assert len(drawn(chart, "path", "mark")) == sum(len(series.points) for series in chart.series)
    told = [element.text or "" for element in drawn(chart, "text", "name")]
    assert sorted(text.partition(" ·")[0] for text in told) == sorted(series.label for series in chart.series)


def test_a_canned_peer_goes_on_dashed_from_its_one_point() -> None:
    assert {line.get("class") for line in drawn(CHARTS["item"], "path", "flat")} == {"line flat c4", "line flat c5"}


def test_whoever_can_t_see_it_is_told_every_figure() -> None:
    root = fromstring(draw_chart(CHARTS["item"]))  # noqa: S314
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "One document"
    told = root.findtext(f"{SVG}desc") or ""
    assert "mockserver: 20,000 at 1,000 rows, 20,000 at 10,000 rows, 20,000 at 100,000 rows" in told
    assert "WireMock: 200 at 1,000 rows." in told


def test_one_size_and_one_value_are_enough_for_a_chart() -> None:
    chart = Chart("A <title> & more", "Seconds", [Series("only one", 0, [(1_000, 1.0)])])
    assert len(drawn(chart, "path", "mark")) == 1


def test_higher_values_stand_higher() -> None:
    first = next(series for series in CHARTS["item"].series if series.label == "Mockoon")
    assert [value for _, value in first.points] == [200, 20, 2]
    marks = [
        element.get("transform", "") for element in drawn(CHARTS["item"], "path", "c3") if element.get("transform")
    ]
    places = [tuple(map(float, mark.removeprefix("translate(").rstrip(")").split())) for mark in marks]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert [y for _, y in places] == sorted(y for _, y in places)
    assert len(places) == len(SIZES)


def test_there_are_colours_and_marks_for_all() -> None:
    assert len(COLOURS) == len(MARKS) == len(PEERS)


@given(st.lists(st.floats(TOP, 300), min_size=1, max_size=6))
def test_names_never_lie_on_one_another(heights: list[float]) -> None:
    placed = spread(sorted(heights), 17, TOP, 300)
    assert all(after - before >= 17 - 1e-6 for before, after in pairwise(placed))
    assert all(TOP - 1e-6 <= height <= 300 for height in placed)
