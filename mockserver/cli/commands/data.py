"""`mockserver data`: the rows of a definition, as a server would start with them."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import click

from mockserver.cli.definition import PATH, load_or_exit, seed_option
from mockserver.cli.output import write_pieces
from mockserver.errors import suggestion
from mockserver.messages import Document, Json


@click.command(
    epilog="""\b
Examples:
  mockserver data mockserver.yaml > data.json
  mockserver data mockserver.yaml pets --format csv > pets.csv
  mockserver data mockserver.yaml pets --seed 7 | jq '.[0]'
"""
)
@click.argument("path", type=PATH)
@click.argument("resource", required=False)
@click.option("--format", "style", type=click.Choice(["json", "csv"]), default="json", show_default=True)
@seed_option
def command(path: Path, resource: str | None, style: str, seed: int | None) -> None:
    """Print generated rows, one a line: those of RESOURCE, or a JSON object with those of every resource.

    CSV is that of RFC 4180, in UTF-8: null is an empty cell, objects and lists are JSON text.
    """
    if style == "csv" and resource is None:
        raise click.UsageError("CSV holds one resource: name it after the path.")
    prepared = load_or_exit([path], seed)
    if resource is None:
        write_pieces(_write_object(prepared.rows))
        return
    if resource not in prepared.rows:
        hint = suggestion(resource, prepared.rows)
        raise click.UsageError(f"There is no resource '{resource}' in {path}{f'; {hint}' if hint else '.'}")
    rows = prepared.rows[resource]
    if style == "csv":
        write_pieces(_write_csv(list(prepared.generation.schema[resource].attributes), rows))
    else:
        write_pieces(chain(_write_array(rows), [b"\n"]))


def _write_object(rows: Mapping[str, Sequence[Document]]) -> Iterator[bytes]:
    import orjson  # noqa: PLC0415 - slow for a help page

    opening = b"{\n"
    for name, documents in rows.items():
        yield opening + orjson.dumps(name) + b": "
        yield from _write_array(documents)
        opening = b",\n"
    yield b"\n}\n" if rows else b"{}\n"


def _write_array(rows: Sequence[Document]) -> Iterator[bytes]:
    import orjson  # noqa: PLC0415

    opening = b"[\n"
    for row in rows:
        yield opening + orjson.dumps(row)
        opening = b",\n"
    yield b"\n]" if rows else b"[]"


def _write_csv(columns: Sequence[str], rows: Sequence[Document]) -> Iterator[str]:
    """Lines that end in CR LF, header first; whoever prints them must not translate their ends."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    for cells in chain([columns], ([_write_cell(row.get(name)) for name in columns] for row in rows)):
        writer.writerow(cells)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _write_cell(value: Json) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
