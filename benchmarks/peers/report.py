"""The section of RESULTS.md that compares us with the peers, and its charts; it measures nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.peers.chart import Chart, Series, describe, draw_chart, write_value
from benchmarks.peers.figure import Figure, Results
from benchmarks.peers.goal import GOALS, label_of, write_ratio
from benchmarks.peers.peer import OURS, PEERS, Group
from benchmarks.peers.scenario import MANY_ROWS, Scenario

BEGIN: Final = "<!-- Beside the peers: written by benchmarks/run. -->"
END: Final = "<!-- Up to here. -->"
HEADING: Final = "# Benchmarks\n"
_WORDS: Final = {True: "met", False: "**not met**", None: ""}


def write_report(results: Results, folder: Path) -> None:
    """Puts section and charts into a folder; the rest of its RESULTS.md stays as it is."""
    charts = make_charts(results)
    (folder / "charts").mkdir(parents=True, exist_ok=True)
    for name, chart in charts.items():
        (folder / "charts" / f"{name}.svg").write_text(draw_chart(chart), encoding="utf-8")
    path = folder / "RESULTS.md"
    old = path.read_text(encoding="utf-8") if path.exists() else HEADING
    path.write_text(put_section(old, write_section(results, charts)), encoding="utf-8")


def put_section(text: str, section: str) -> str:
    """Puts a section in the place of the one before, or behind the heading where there is none."""
    whole = f"{BEGIN}\n\n{section}\n{END}\n"
    if BEGIN in text:
        before, _, rest = text.partition(BEGIN)
        return f"{before}{whole}{rest.partition(END)[2].removeprefix(chr(10))}"
    heading, _, rest = text.partition("\n")
    return f"{heading}\n\n{whole}{rest}"


def write_section(results: Results, charts: dict[str, Chart]) -> str:
    """Markdown: how it was measured, goals, then each scenario."""
    parts = [
        "## Beside the peers\n",
        *_tell_how(results),
        *_tell_goals(results),
        *_tell_failures(results),
        *(line for scenario in results.scenarios() for line in _tell_scenario(results, scenario, charts)),
        *_tell_start(results, charts),
    ]
    return "\n".join(parts).rstrip() + "\n"


def make_charts(results: Results) -> dict[str, Chart]:
    """A chart for each scenario, for the start and for memory, by the names of their files."""
    charts = {
        scenario.name: _make_chart(scenario.title, "Requests a second", results, _rates(results, scenario.name))
        for scenario in results.scenarios()
    }
    charts["start"] = _make_chart("Start to first answer", "Seconds", results, results.starts_s)
    memories = {key: memory.after_bytes / 1e6 for key, memory in results.memories.items()}
    charts["memory"] = _make_chart("Memory after the run", "MB", results, memories)
    return {name: chart for name, chart in charts.items() if chart.series}


def _rates(results: Results, scenario: str) -> dict[tuple[str, int], float]:
    """What counts, by server and rows."""
    figures = results.figures.items()
    return {(peer, rows): figure.rate for (name, peer, rows), figure in figures if name == scenario and figure.counts}


def _make_chart(title: str, unit: str, results: Results, values: dict[tuple[str, int], float]) -> Chart:
    sizes = results.sizes()
    series = []
    for place, peer in enumerate(PEERS):
        points = [(rows, values[peer.name, rows]) for rows in sizes if (peer.name, rows) in values]
        if points:
            is_flat = peer.group is Group.CANNED and len(sizes) > 1
            series.append(Series(peer.label, place, points, is_flat))
    return Chart(title, unit, series)


def _tell_how(results: Results) -> Iterator[str]:
    for setting in results.settings[-1:]:
        versions = ", ".join(f"{name} {version}" for name, version in setting.versions.items())
        yield f"`benchmarks/run`, on {setting.day}. {setting.machine}; {versions}.\n"
        yield (
            "All serve the same tickets, three messages each, in one run on one machine, and take turns in "
            f"{setting.reps} rounds of {setting.seconds} s (longer where one answer takes long); figures are their "
            "medians. A server has the first core, `wrk` the second, with 16 connections; with 4 for `POST`, and at "
            f"{MANY_ROWS:,} rows for storing peers. CPU is what all processes of a server used, for each request. One "
            "answer of each kind is checked before it is measured, and a server with errors does not count. Prism and "
            "WireMock (canned) answer a text written down before, whatever is asked, and store nothing: what they take "
            "does not depend on rows. json-server 1.x has no search through all fields, and Mockoon sorts by one.\n"
        )
        yield (
            "Below 1.3× two are equal on a shared machine. Above some 15,000 requests a second no core is full, so "
            "CPU is then the better measure. Rows that are posted stay: whoever answers more of them ends with more.\n"
        )
        yield "| server | package | command |\n|---|---|---|"
        for peer in PEERS:
            if command := setting.commands.get(peer.name):
                yield f"| {peer.label} | {peer.package} | `{command}` |"
        yield ""


def _tell_goals(results: Results) -> Iterator[str]:
    yield "### Goals\n\n| | wanted, by requests a second | found, the nearest | |\n|---|---|---|---|"
    for goal in GOALS:
        verdict = goal.judge(results)
        yield f"| {goal.subject} | {goal.wanted} | {verdict.found} | {_WORDS[verdict.is_met]} |"
    yield ""


def _tell_failures(results: Results) -> Iterator[str]:
    if results.failures:
        yield "### Not measured\n\n| server | rows | scenario | why |\n|---|---|---|---|"
    for failure in results.failures:
        text = " ".join(failure.text.split()).replace("|", "\\|")
        yield f"| {label_of(failure.peer)} | {failure.rows:,} | {failure.scenario or 'all'} | {text} |"
    if results.failures:
        yield ""


def _show(charts: dict[str, Chart], *names: str) -> Iterator[str]:
    for name in names:
        if name in charts:
            yield f"![{describe(charts[name])}](charts/{name}.svg)\n"


def _tell_scenario(results: Results, scenario: Scenario, charts: dict[str, Chart]) -> Iterator[str]:
    name = scenario.name
    yield f"### {scenario.title} (`{name}`)\n"
    yield from _show(charts, name)
    yield "| | rows | requests a second | p50, ms | p99, ms | CPU, µs | ours is, times | by CPU | errors |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for peer in results.peers():
        for rows in results.sizes():
            figure = results.figures.get((name, peer.name, rows))
            if figure is not None:
                ratio = _tell_ratio(results, name, peer.name, rows)
                yield f"| {peer.label} | {rows:,} | {_tell_figure(figure)} | {ratio} |"
    yield ""


def _tell_figure(figure: Figure) -> str:
    return " | ".join(write_value(value) for value in (figure.rate, figure.p50_ms, figure.p99_ms, figure.cpu_us))


def _tell_ratio(results: Results, scenario: str, peer: str, rows: int) -> str:
    """Both ratios and the errors."""
    ratio = results.ratio(scenario, peer, rows) if peer != OURS.name else None
    told = f"{write_ratio(ratio.by_rate)} | {write_ratio(ratio.by_cpu)}" if ratio is not None else " | "
    errors = results.figures[scenario, peer, rows].errors
    return f"{told} | {errors or ''}"


def _tell_start(results: Results, charts: dict[str, Chart]) -> Iterator[str]:
    yield "### Start and memory\n"
    yield from _show(charts, "start", "memory")
    yield "| | rows | start to first answer, s | memory before, MB | after the run, MB |\n|---|---|---|---|---|"
    for peer in results.peers():
        for rows in results.sizes():
            started_s, memory = results.starts_s.get((peer.name, rows)), results.memories.get((peer.name, rows))
            if started_s is not None:
                told = f"{memory.before_bytes / 1e6:,.0f} | {memory.after_bytes / 1e6:,.0f}" if memory else " | "
                yield f"| {peer.label} | {rows:,} | {started_s:.2f} | {told} |"
    yield ""
