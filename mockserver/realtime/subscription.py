"""What of the feed somebody is interested in: topics, and for each a test of its documents."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from typing import Final

from mockserver.errors import BadRequest, FieldError
from mockserver.realtime.event import Test, passes_all
from mockserver.store.feed import MOST_TOPICS
from mockserver.value import dataclass

_TOO_MANY: Final = FieldError("are too many", parameter="topics")


@dataclass(frozen=True, slots=True)
class Subscription:
    """The tests of topics by name, and of those that are not named; no test means that they are not wanted."""

    tests: Mapping[str, Test | None] = field(default_factory=dict)
    others: Test | None = None

    def test(self, topic: str) -> Test | None:
        """The test of a topic's documents, nothing where it is not wanted."""
        return self.tests.get(topic, self.others)

    @property
    def topics(self) -> frozenset[str] | None:
        """The topics that are wanted; nothing where those without a name here are too."""
        if self.others is not None:
            return None
        return frozenset(name for name, test in self.tests.items() if test is not None)

    def plus(self, more: "Subscription") -> "Subscription":
        """This and more. Who had everything and names topics wants those alone from then on. *Raises* `BadRequest`."""
        if self.others is not None or more.others is not None:
            return more
        return self._grown(Subscription({**self.tests, **more.tests}))

    def minus(self, topics: Collection[str]) -> "Subscription":
        """This without some topics. *Raises* `BadRequest` where it is all but those, and they are too many."""
        if self.others is not None:
            return self._grown(Subscription({**self.tests, **dict.fromkeys(topics)}, self.others))
        gone = frozenset(topics)
        return Subscription({name: test for name, test in self.tests.items() if name not in gone})

    def _grown(self, more: "Subscription") -> "Subscription":
        if len(more.tests) > max(MOST_TOPICS, len(self.tests)):
            raise BadRequest(f"One subscription can name {MOST_TOPICS:,} topics at most.", [_TOO_MANY])
        return more


NOTHING = Subscription()
EVERYTHING = Subscription(others=passes_all)


def all_of(topics: Iterable[str] | None) -> Subscription:
    """Whatever happens to these topics, to all where none are named."""
    return EVERYTHING if topics is None else Subscription(dict.fromkeys(topics, passes_all))
