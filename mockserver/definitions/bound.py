"""Bounds that more than one layer keeps to. Imports nothing: the command line knows it too."""

from typing import Final

LONGEST_WAIT_S: Final = 600.0
"""How long a fault may let anybody wait."""
