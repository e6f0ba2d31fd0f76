"""Secrets of what is set here: left out where it is shown, put back where what was shown comes again.

Names decide, as in the journal. What only says whether there is something (true, false, null) is no secret.
"""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, TypeAlias

from mockserver.definitions.secret import REDACTED, is_secret
from mockserver.faults.state import State
from mockserver.messages import Document

Where: TypeAlias = tuple[str | int, ...]

LOST = f"is '{REDACTED}', and there is nothing there that it could stand for"
"""What is said of a secret that can't be put back; it continues a sentence about the place."""


def show_fault(state: State) -> Document:
    """How a fault stands, without what its settings hold under the names of secrets."""
    shown = state.describe()
    return {**shown, "settings": conceal(shown["settings"])}


def conceal(value: Any) -> Any:
    """A value without its secrets."""
    if isinstance(value, dict):
        return {name: _conceal_named(str(name), inner) for name, inner in value.items()}
    return [conceal(inner) for inner in value] if isinstance(value, list) else value


def _conceal_named(name: str, value: Any) -> Any:
    says_whether = value is None or isinstance(value, bool)
    return REDACTED if is_secret(name) and not says_whether else conceal(value)


def restore(value: Any, before: Any, where: Where = ()) -> list[Where]:
    """Put back into a value what it was shown without; the places where there was nothing to put back."""
    return [*_restore(value, before, where)]


def _restore(value: Any, before: Any, where: Where) -> Iterator[Where]:
    if isinstance(value, dict):
        known = before if isinstance(before, dict) else {}
        for name, inner in value.items():
            if inner != REDACTED or not is_secret(str(name)):
                yield from _restore(inner, known.get(name), (*where, name))
            elif name in known:
                value[name] = known[name]
            else:
                yield (*where, name)
    elif isinstance(value, list):
        others = before if isinstance(before, list) else []
        for place, (inner, other) in enumerate(zip_longest(value, others[: len(value)])):
            yield from _restore(inner, other, (*where, place))
