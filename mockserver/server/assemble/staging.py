"""A definition made ready to take the place of another, apart from what is served, so that it may take its time."""

from collections.abc import Iterable
from contextlib import suppress

from mockserver.errors import Conflict
from mockserver.sandbox.succession import Difference, compare
from mockserver.server.assemble.preparation import Prepared
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Staged:
    """A definition ready to take the place of the one that is served, and what of it differs."""

    prepared: Prepared
    difference: Difference


def stage(before: Prepared, after: Prepared, played: Iterable[str | None]) -> Staged:
    """Make ready what would take long when it takes over; what is served is only looked at, so any thread may do it.

    `played` are the scenarios that sandboxes are in. *Raises* `Conflict` where it can't begin as it is to.
    """
    if after.first is not None:
        after.first.variant.seeded()
    for name in after.scenarios.keys() & {*played}:
        # Whoever is in it goes back to the state of the file.
        with suppress(Conflict):
            after.scenarios[name].variant.seeded()
    return Staged(after, compare(before.declared, after.declared))
