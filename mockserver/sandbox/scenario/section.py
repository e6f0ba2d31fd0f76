"""The section `scenarios` of a definition: its shape. Whether the names in it lead anywhere is for others to check."""

from typing import Annotated, Any, Final

import orjson
from pydantic import AfterValidator, Field, Tag

from mockserver.definitions.field import Model
from mockserver.definitions.model import Count
from mockserver.definitions.name import LABEL_WORDS
from mockserver.definitions.quantity import Duration, DurationText, Share
from mockserver.definitions.union import one_of_shapes, problem
from mockserver.store.feed import is_topic

SHORTEST_S: Final = 0.05
"""How short a loop may be: what goes round faster than this is of use to nobody, and keeps the server busy."""


def _offset(value: Duration) -> Duration:
    if value.years:
        raise problem("is counted in units up to w", "e.g. 10s, 5m")
    if value.seconds < 0:
        raise problem("lies before the switch", "count from the moment of the switch, e.g. 10s")
    return value


def _period(value: Duration) -> Duration:
    if _offset(value).seconds < SHORTEST_S:
        raise problem(f"goes round in less than {SHORTEST_S * 1000:.0f}ms", "e.g. 30s")
    return value


def _topic(name: str) -> str:
    if not is_topic(name):
        raise problem(f"'{name[:80]}' can't be a topic", LABEL_WORDS)
    return name


def _json(value: Any) -> Any:
    try:
        orjson.dumps(value)
    except TypeError:
        raise problem("should be values that JSON can hold", "keys are text, numbers at most 64 bits") from None
    return value


class DataSection(Model):
    """What is otherwise about the rows of one resource.

    `count` alone is how many there are in all: the first of those that are seeded, or more like them. `rows` stand in
    place of the resource's own; `count` is then, as there, how many are generated beside them. `mix` are the shares of
    traits that are not as declared.
    """

    count: Count | None = None
    """How many rows there are in all."""
    rows: Annotated[list[dict[str, Any]], AfterValidator(_json)] | None = None
    """Rows in place of the resource's own."""
    mix: dict[str, Share] = {}
    """Shares of traits that are not as declared."""


class PublishSection(Model):
    """An event on the feed."""

    topic: Annotated[str, AfterValidator(_topic)]
    """What the event is about."""
    data: Annotated[Any, AfterValidator(_json)] = None
    """What it says."""


class StepSection(Model):
    """What happens so long after the switch; `faults` are those that are on from then, and no others."""

    at: Annotated[DurationText, AfterValidator(_offset)]
    """How long after the switch."""
    faults: list[str] | None = None
    """The faults that are on from then, and no others."""
    say: str | None = None
    """Words for who watches."""
    user: str | None = None
    """Who is asking from then on; null for nobody."""
    publish: PublishSection | None = None
    """An event on the feed."""

    @property
    def is_idle(self) -> bool:
        """Whether it does nothing; that nobody is asking is something."""
        return self.faults is None and not self.say and self.publish is None and "user" not in self.model_fields_set


class ScenarioSection(Model):
    """A whole state: data, user and faults, and what happens then. What it does not say, one that it extends does."""

    describe: str | None = None
    """Words for people."""
    extends: str | None = None
    """The scenario that says what this one does not."""
    data: dict[str, DataSection] = {}
    """What is otherwise about the rows of each resource."""
    user: str | None = None
    """Who is asking when nobody says who they are."""
    faults: list[str] | None = None
    """The faults that are on, and no others."""
    script: Annotated[list[StepSection], Field(max_length=1000)] = []
    """What happens then, and when."""
    loop: Annotated[
        Annotated[bool, Tag("boolean")] | Annotated[DurationText, AfterValidator(_period), Tag("text")],
        one_of_shapes("should be true, or how long one round takes, like 30s"),
    ] = False
    """The script begins again after its last step, or after a time."""
