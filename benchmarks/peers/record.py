"""What was measured, a line of JSON each: a report can be made from whatever is there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from benchmarks.peers.load import Load


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Setting(_Record):
    """Where and how it was measured: how often, and for how many seconds a round."""

    kind: Literal["setting"] = "setting"
    day: str
    machine: str
    versions: dict[str, str]
    """Of the programs beside the servers."""
    commands: dict[str, str]
    """Those of the servers, by name."""
    reps: int
    seconds: int


class Start(_Record):
    """Seconds from the start of a process to its first answer."""

    kind: Literal["start"] = "start"
    peer: str
    rows: int
    seconds: float


class Round(_Record):
    """Load on one server, and the CPU time of its processes meanwhile."""

    kind: Literal["round"] = "round"
    peer: str
    rows: int
    scenario: str
    connections: int
    load: Load
    cpu_s: float


class Memory(_Record):
    """What a server's processes held after their start and after all rounds."""

    kind: Literal["memory"] = "memory"
    peer: str
    rows: int
    before_bytes: int
    after_bytes: int


class Failure(_Record):
    """Why a server was not measured, in one scenario or, where that is empty, at all."""

    kind: Literal["failure"] = "failure"
    peer: str
    rows: int
    scenario: str = ""
    text: str


Record = Setting | Start | Round | Memory | Failure
Keep = Callable[[Record], None]
_READER: Final[TypeAdapter[Record]] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])


def read_records(path: Path) -> list[Record]:
    """All of them, in order; none where there is no file."""
    if not path.exists():
        return []
    return [_READER.validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


@contextmanager
def keeping(path: Path) -> Iterator[Keep]:
    """Gives what puts a record at the end of a file, there at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:

        def keep(record: Record) -> None:
            file.write(f"{record.model_dump_json()}\n")
            file.flush()

        yield keep
