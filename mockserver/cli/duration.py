"""Durations on the command line, spelled as in definitions: `250ms`, `2s`, `15m`."""

import re

import click

_SPELLING = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
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
