"""Charts as SVG: one line a server over the number of rows, both axes logarithmic; it knows not what is measured.

Colours are those of the reader's light or dark scheme. Lines differ in their marks too, each has its name at its end.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 76, 545, 66, 352
GAP = 17
"""Between two names, one below the other."""
COLOURS: Final = (
    ("#0969da", "#58a6ff"),
    ("#b35900", "#f0a35e"),
    ("#c01048", "#ff7b9c"),
    ("#6f42c1", "#b794f6"),
    ("#0f766e", "#4fd1c5"),
    ("#4d7c0f", "#a3d65c"),
)
"""Of the lines, by their place: on light, on dark."""
MARKS: Final = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
    "M-4.5 -4.5h9v9h-9z",
    "M0 -6l5.5 10h-11z",
    "M0 -6l6 6l-6 6l-6 -6z",
    "M0 6l5.5 -10h-11z",
    "M-1.8 -5.5h3.6v3.7h3.7v3.6h-3.7v3.7h-3.6v-3.7h-3.7v-3.6h3.7z",
)


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one server, by rows; `place` among all servers gives its colour, the first is drawn boldly.

    One that `is_flat` has been measured once, and goes on dashed.
    """

    label: str
    place: int
    points: Sequence[tuple[int, float]]
    is_flat: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """What is shown, in which unit."""

    title: str
    unit: str
    series: Sequence[Series]


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to places on one axis, by whole powers of ten or by the values themselves."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        span = math.log(self.high / self.low) or 1.0
        return self.start + (self.end - self.start) * math.log(value / self.low) / span


def draw_chart(chart: Chart) -> str:
    """The text of an SVG file."""
    sizes = sorted({rows for series in chart.series for rows, _ in series.points})
    values = [value for series in chart.series for _, value in series.points]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    across = _Scale(sizes[0], sizes[-1], LEFT + 30, RIGHT - 20)
    upward = _Scale(10.0**low, 10.0 ** max(high, low + 1), BOTTOM, TOP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(chart.title)}</title>',
        f'<desc id="desc">{escape(describe(chart))}</desc>',
        f"<style>{_style()}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        f'<text class="title" x="20" y="30">{escape(chart.title)}</text>',
        f'<text class="unit" x="20" y="50">{escape(_describe_axes(chart))}</text>',
        *_draw_axes(sizes, across, upward),
        # Ours last, so that it lies on top.
        *(line for series in reversed(chart.series) for line in _draw_series(series, across, upward)),
        *_draw_names(chart.series, upward),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def describe(chart: Chart) -> str:
    """All figures in words, for who does not see them."""
    told = (
        f"{series.label}: " + ", ".join(f"{write_value(value)} at {rows:,} rows" for rows, value in series.points)
        for series in chart.series
    )
    return f"{chart.unit}. " + ". ".join(told) + "."


def _describe_axes(chart: Chart) -> str:
    flat = "; dashed: a fixed text, measured once" if any(series.is_flat for series in chart.series) else ""
    return f"{chart.unit}; both axes logarithmic{flat}"


def write_value(value: float) -> str:
    """With about three figures, and none of them behind a hundred."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _style() -> str:
    faces = 'text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif}.title{font-size:17px;font-weight:600}'
    lines = ".line{fill:none;stroke-width:2}.flat{stroke-dasharray:3 5}.bold{stroke-width:3.5}"
    marks = ".mark{stroke-width:1.5}.end{text-anchor:end}.middle{text-anchor:middle}.own{font-weight:600}"
    light = _paint("#ffffff", "#1f2328", "#59636e", "#d8dee4", [colour for colour, _ in COLOURS])
    dark = _paint("#0d1117", "#f0f6fc", "#9198a1", "#30363d", [colour for _, colour in COLOURS])
    return f"{faces}{lines}{marks}{light}@media(prefers-color-scheme:dark){{{dark}}}"


def _paint(ground: str, text: str, quiet: str, grid: str, colours: Sequence[str]) -> str:
    base = f".ground{{fill:{ground}}}text{{fill:{text}}}.unit,.tick{{fill:{quiet}}}.grid{{stroke:{grid}}}"
    lines = (f".line.c{place}{{stroke:{colour}}}" for place, colour in enumerate(colours))
    marks = (
        f".mark.c{place}{{fill:{colour};stroke:{ground}}}.name.c{place}{{fill:{colour}}}"
        for place, colour in enumerate(colours)
    )
    return base + "".join(lines) + "".join(marks)


def _draw_axes(sizes: Sequence[int], across: _Scale, upward: _Scale) -> Iterable[str]:
    for power in range(round(math.log10(upward.low)), round(math.log10(upward.high)) + 1):
        y = upward.place(10.0**power)
        yield f'<path class="grid" d="M{LEFT} {y:.1f}H{RIGHT}"/>'
        yield f'<text class="tick end" x="{LEFT - 8}" y="{y + 4:.1f}">{10.0**power:,g}</text>'
    for rows in sizes:
        x = across.place(rows)
        yield f'<path class="grid" d="M{x:.1f} {TOP}V{BOTTOM + 5}"/>'
        yield f'<text class="tick middle" x="{x:.1f}" y="{BOTTOM + 22}">{rows:,} rows</text>'


def _draw_series(series: Series, across: _Scale, upward: _Scale) -> Iterable[str]:
    places = [(across.place(rows), upward.place(value)) for rows, value in series.points]
    bold = " bold" if series.place == 0 else ""
    colour = f"c{series.place}"
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    yield f'<path class="line {colour}{bold}" d="M{path}"/>'
    if series.is_flat:
        x, y = places[-1]
        yield f'<path class="line flat {colour}" d="M{x:.1f} {y:.1f}H{RIGHT}"/>'
    for (x, y), (rows, value) in zip(places, series.points, strict=True):
        told = f"{series.label}: {write_value(value)} at {rows:,} rows"
        yield f'<path class="mark {colour}" transform="translate({x:.1f} {y:.1f})" d="{MARKS[series.place]}">'
        yield f"<title>{escape(told)}</title></path>"


def _draw_names(chart: Sequence[Series], upward: _Scale) -> Iterable[str]:
    """Each at the height where its line ends, and moved where two would lie on one another."""
    ordered = sorted(chart, key=lambda series: -series.points[-1][1])
    heights = spread([upward.place(series.points[-1][1]) for series in ordered], GAP, TOP, BOTTOM)
    for series, y in zip(ordered, heights, strict=True):
        own = " own" if series.place == 0 else ""
        told = f"{series.label} · {write_value(series.points[-1][1])}"
        yield f'<text class="name c{series.place}{own}" x="{RIGHT + 10}" y="{y + 4:.1f}">{escape(told)}</text>'


def spread(heights: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Ascending heights moved as little as keeps them a gap apart and between two bounds, if there is room for all."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap if placed else top))
    limit = bottom
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - gap
    return placed
