"""Figures that tests have measured: held to what is wanted, shown when the tests have run, and kept in a document.

Knows nothing of what is measured. A figure travels as a property of its test's report, so it comes from workers too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

PROPERTY: Final = "figure"
_TABLE: Final = re.compile(
    r"(?P<head>`\./scripts/soak (?P<path>tests/\S+)`[^\n]*\n\n\| what \| measured \| wanted \|\n\|---\|---\|---\|\n)"
    r"(?P<rows>(?:\|[^\n]*\n)*)"
)


class Figure(NamedTuple):
    """One row: the file of the test that measured it, and what was measured in words."""

    path: str
    what: str
    measured: str
    wanted: str

    @property
    def row(self) -> str:
        return f"| {self.what} | {self.measured} | {self.wanted} |\n"


class Figures:
    """What one test measures. Each figure is noted, and the test fails where one is not what is wanted."""

    def __init__(self, path: str, properties: list[tuple[str, object]]) -> None:
        self._path = path
        self._properties = properties

    def __call__(
        self, what: str, value: float, unit: str = "", *, most: float | None = None, least: float | None = None,
        exactly: float | None = None,
    ) -> None:  # fmt: skip
        """Note a figure; `what` is what the document's row is called."""
        bounds = (("≤", most), ("≥", least), ("=", exactly))
        wanted = ", ".join(f"{sign} {_say(bound, unit)}" for sign, bound in bounds if bound is not None)
        said = f"{what}: {_say(value, unit)}, wanted {wanted}"
        # A plain tuple: nothing else comes from the workers of pytest-xdist.
        self._properties.append((PROPERTY, tuple(Figure(self._path, what, _say(value, unit), wanted or "-"))))
        assert most is None or value <= most, said
        assert least is None or value >= least, said
        assert exactly is None or value == exactly, said


def _say(value: float, unit: str) -> str:
    is_whole = value == int(value) or abs(value) >= 100
    number = f"{value:,.0f}" if is_whole else f"{value:.3g}"
    return f"{number} {unit}".rstrip()


def collect(properties: Iterable[Sequence[object]]) -> list[Figure]:
    """The figures among what reports of tests say, whether they came from another process or not."""
    return [
        Figure(*map(str, value)) for name, value in properties if name == PROPERTY and isinstance(value, list | tuple)
    ]


def show(figures: Iterable[Figure]) -> list[str]:
    """A line each, file by file."""
    lines: list[str] = []
    path = ""
    for figure in sorted(figures):
        if figure.path != path:
            path = figure.path
            lines.append(path)
        lines.append(f"  {figure.what}: {figure.measured}" + (f" ({figure.wanted})" if figure.wanted != "-" else ""))
    return lines


def write_into(text: str, figures: Iterable[Figure]) -> str:
    """The document with what was measured now; rows of what was not are kept.

    A table is that of the command above it. *Raises* `ValueError` for a figure that no table is for.
    """
    found: dict[str, dict[str, str]] = {}
    for figure in figures:
        found.setdefault(figure.path, {})[figure.what] = figure.row
    missing = found.keys() - {table["path"] for table in _TABLE.finditer(text)}
    if missing:
        raise ValueError(f"no table is for {', '.join(sorted(missing))}")
    return _TABLE.sub(lambda table: table["head"] + _merge(table["rows"], found.get(table["path"], {})), text)


def _merge(rows: str, found: Mapping[str, str]) -> str:
    """New rows in the place of those about the same, and behind them what is new."""
    kept = {row.split(" | ")[0].removeprefix("| "): row for row in rows.splitlines(keepends=True)}
    return "".join({**kept, **found}.values())
