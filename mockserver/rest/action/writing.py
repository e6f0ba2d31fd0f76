"""What breaks a write on account of what the client sent points at where the client sent it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from mockserver.errors import Conflict, FieldError, Invalid
from mockserver.formula.formula import Settings
from mockserver.query.naming import Naming


@contextmanager
def blamed(settings: Settings, naming: Naming) -> Iterator[None]:
    """Problems of a write, with pointers into the request's body for the fields that are taken from it."""
    try:
        yield
    except (Invalid, Conflict) as problem:
        problem.errors = tuple(_moved(error, settings.sources(), naming) for error in problem.errors)
        raise


def _moved(error: FieldError, sources: Mapping[str, Sequence[str]], naming: Naming) -> FieldError:
    for field, way in sources.items():
        head = f"/{naming.wire(field)}"
        if error.pointer == head or error.pointer.startswith(f"{head}/"):
            steps = "".join(f"/{naming.wire(step)}" for step in way)
            return replace(error, pointer=f"{steps}{error.pointer[len(head) :]}")
    return error
