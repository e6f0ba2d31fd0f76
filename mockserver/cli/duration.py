"""Durations on the command line, spelled as in definitions: `250ms`, `2s`, `15m`; and written to be read."""

import re

import click

_SPELLING = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)(ms|s|m|h)", re.ASCII)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Duration(click.ParamType[float]):
    """A span of time, as seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds, from their spelling."""
        if isinstance(value, float):
            return value
        found = _SPELLING.fullmatch(str(value))
        if found is None:
            self.fail(f"'{value}' is no duration; write 250ms, 2s or 15m.", param, ctx)
        return float(found[1]) * _SECONDS[found[2]]


def write_duration(seconds: float) -> str:
    """A span of time in its two largest units: `14m 59s`."""
    left = max(0, round(seconds))
    if left < 60:
        return f"{left}s"
    return f"{left // 60}m {left % 60}s" if left < 3600 else f"{left // 3600}h {left % 3600 // 60}m"
