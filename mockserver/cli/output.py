"""What commands print: UTF-8 whatever the locale, bytes as they are on every system, and no complaint when the
reader has had enough.
"""

import os
import sys
from collections.abc import Iterable, Sequence

import click

from mockserver.definitions.report import show

_PIECE_BYTES = 64 * 1024


def open_standard_streams() -> None:
    """Lead standard streams that whoever started us has closed nowhere; else the next file opened would be one."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8")


def write_text(text: str) -> None:
    """Print a text and a line end."""
    write_pieces([f"{text}\n"])


def lay_out(rows: Iterable[Sequence[object]]) -> str:
    """A line for each row, its cells below one another; what could move the cursor is shown as a symbol."""
    lines = [[show(str(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def write_pieces(pieces: Iterable[str | bytes]) -> None:
    """Print pieces one after the other; what comes after a reader has left is not made at all.

    *Raises* `ClickException` when they can't be written for another reason: a full disk.
    """
    if sys.stdout is None:  # closed by whoever started us
        return
    stream = sys.stdout.buffer
    waiting = bytearray()
    try:
        for piece in pieces:
            waiting += piece.encode() if isinstance(piece, str) else piece
            if len(waiting) >= _PIECE_BYTES:
                stream.write(waiting)
                waiting = bytearray()
        stream.write(waiting)
        stream.flush()
    except BrokenPipeError:
        _let_go()
    except OSError as error:
        _let_go()
        raise click.ClickException(f"The output can't be written: {error.strerror}.") from None


def _let_go() -> None:
    """Lead what is still buffered nowhere, or Python would complain about it at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
