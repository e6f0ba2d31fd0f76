"""Chance that comes out the same in every run: hashes of (seed, fault, n), and shapes of distributions over them."""

from hashlib import blake2b
from typing import Final

from mockserver.value import dataclass

_BITS: Final = 53
"""As many as a float holds exactly: the quotient must not round up to 1."""


@dataclass(frozen=True, slots=True)
class Draw:
    """The chance of the `n`-th match (from 1) of a fault within a sandbox; the sandbox itself has no part in it."""

    seed: int
    fault: str
    n: int

    def share(self, purpose: str = "") -> float:
        """A number from 0 up to 1, the same for the same purpose; other purposes are independent of it."""
        text = f"{self.seed}\0{self.fault}\0{self.n}\0{purpose}".encode("utf-8", "surrogatepass")
        return (int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> (64 - _BITS)) / 2.0**_BITS

    def between(self, least: float, most: float, purpose: str) -> float:
        """A number between two, evenly."""
        return least + (most - least) * self.share(purpose)
