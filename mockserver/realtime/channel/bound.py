"""The bounds of channels that hold both for what is declared and for what happens."""

from typing import Final

MOST_REPLAYED: Final = 1000
LEAST_STATUS: Final = 300
MOST_STATUS: Final = 599
