"""How long a soak takes and how much there is of everything; what is proportional is the same in all sizes."""

from typing import NamedTuple


class Plan(NamedTuple):
    """Counts of clients, requests a second, and seconds."""

    seconds: float
    sockets: int
    streams: int
    polls: int
    shaky: int
    """Clients whose connections are cut again and again, and who come back."""
    rate: int
    workers: int
    """How many tests of pages run at a time, each in a sandbox of its own."""
    flap_s: float
    reload_s: float
    kept: int
    """How much is written before anybody looks: what is kept of the latest of each sort is full from the beginning."""


LONG = Plan(600, 500, 100, 50, 40, 200, 2, 2.0, 60.0, 1_000)
SHORT = Plan(2.5, 50, 10, 6, 8, 60, 1, 0.4, 1.5, 5)
