"""Parameters of a test named by the section of the document they come from."""

from collections.abc import Iterable
from typing import Any

import pytest


def named(section: str, rows: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Rows as parameters; an id is the section and the texts of the row."""
    return [
        pytest.param(*row, id=" ".join([section, *(value for value in row if isinstance(value, str))])) for row in rows
    ]
