"""What is missed, against a model: whatever happens to clients, exactly that counts which never reached them."""

from random import Random

import pytest

from mockserver.sandbox.reconnect.link import End
from mockserver.store.feed import Gap, read_cursor
from tests.sandbox.reconnect.arrivals import CLOSED, DROPPED, Tab, Town, frame

TOPICS = ("zoos", "animals")
WINDOWS = ("ws", "sse")
SEEDS = range(100)
STEPS = 60


class Walker:
    """A client that wanders between windows on a bad network. It knows its place if `is_faithful`, else none."""

    def __init__(self, town: Town, chance: Random, *, is_faithful: bool) -> None:
        self.town = town
        self.chance = chance
        self.is_faithful = is_faithful
        self.topics = chance.choice((None, frozenset({"zoos"}), frozenset(TOPICS)))
        self.place = town.feed.place
        self.meant: set[str] = set()
        self.got: set[str] = set()
        self.in_flight: list[str] = []
        self.kept: list[str] = []
        self.tab: Tab | None = None
        self.leaving: list[Tab] = []
        self.come()

    # What the network does.

    def publish(self) -> None:
        topic = self.chance.choice(TOPICS)
        (cursor,) = self.town.publish(topic)
        if self.topics is not None and topic not in self.topics:
            return
        self.meant.add(cursor)
        tab = self.tab
        if tab is None or tab.flow.stalled_at is not None:
            return
        if not self.chance.randrange(4) or self.kept:
            tab.flow.say(frame(cursor, topic))
            befalls = self.chance.choice(("lost", "kept", "twice", "spoiled", "passed"))
            if befalls == "kept":
                self.kept.append(cursor)
            elif befalls == "spoiled":
                tab.flow.hand_passed(frame(cursor, topic).spoiled(lambda _: "?"))
            elif befalls != "lost":
                for _ in range(1 + (befalls == "twice")):
                    self.hand(cursor, is_gated=True)
        else:
            self.hand(cursor)

    def hand(self, cursor: str, *, is_gated: bool = False) -> None:
        assert self.tab is not None
        (self.tab.flow.hand_passed if is_gated else self.tab.flow.hand)(frame(cursor))
        self.in_flight.append(cursor)

    def release(self) -> None:
        """What was kept back goes on, in whatever order, perhaps when what kept it is over."""
        kept, self.kept = self.kept, []
        self.chance.shuffle(kept)
        for cursor in kept:
            self.hand(cursor, is_gated=self.chance.random() < 0.5)
        if kept:
            # Of what is out of order and lost in flight nobody could know.
            self.arrive()

    def arrive(self, share: float = 1) -> None:
        """What is in flight reaches the client, or the beginning of it; the rest is lost."""
        for cursor in self.in_flight[: round(len(self.in_flight) * share)]:
            self.got.add(cursor)
            place = read_cursor(cursor)
            assert place is not None
            self.place = max(self.place, place, key=lambda one: one.offset)
        self.in_flight = []

    # What the client does.

    def come(self) -> None:
        """It opens a window, beside the one that it has or instead of it, and what it asks for is told."""
        before, feed = self.tab, self.town.feed
        window = self.chance.choice([one for one in WINDOWS if before is None or one != before.member.link.window])
        since = self.place if self.is_faithful else feed.place
        told = feed.since(since, self.topics)
        self.tab = Tab(self.town, window=window, since=since, topics=self.topics)
        if isinstance(told, Gap):
            self.read_anew()
        else:
            self.got |= {one.cursor for one in told.events}
        self.place = feed.place
        if before is not None:
            self.leave_behind(before, DROPPED)

    def read_anew(self) -> None:
        for topic in TOPICS:
            self.town.read(f"/{topic}")
        self.meant.clear()

    def leave_behind(self, tab: Tab, end: End) -> None:
        if self.chance.random() < 0.5:
            tab.member.part(end, self.town.now)
            self.leaving.append(tab)
        else:
            tab.end(end)

    def go(self, end: End) -> None:
        """Its connection is lost, with what was kept back for it; only who knows its place finds out what else was."""
        if self.tab is not None:
            self.arrive(self.chance.random() if self.is_faithful and not end.is_whole else 1)
            self.kept = []
            tab, self.tab = self.tab, None
            self.leave_behind(tab, end)

    def poll(self) -> None:
        """It polls once; the answer may be lost."""
        if self.is_faithful and self.tab is None and self.place.epoch == self.town.feed.place.epoch:
            is_sure = self.chance.random() < 0.7
            here = self.town.poll("tab", self.place, topics=self.topics, is_sure=is_sure)
            if is_sure:
                self.got |= {one for one in self.meant if offset_of(one) > self.place.offset}
                self.place = here

    def stall(self) -> None:
        """Nothing more comes, until it finds out itself."""
        if self.tab is not None:
            self.arrive(self.chance.random() if self.is_faithful else 1)
            self.kept = []
            self.tab.flow.stalled_at = self.town.now
            self.leaving.append(self.tab)
            self.tab = None

    def part_for_good(self) -> None:
        """The ends of connections become known late."""
        while self.leaving:
            self.leaving.pop().end(DROPPED)

    def begin_anew(self) -> None:
        """Another life of the feed begins; whoever listens is told, and who comes back with a place of the last one."""
        if not self.is_faithful:
            return
        self.release()
        self.arrive()
        self.town.feed.begin()
        if self.tab is not None:
            self.tab.lose(Gap("epoch", str(self.place), self.town.feed.place))
            self.place = self.town.feed.place
            self.read_anew()

    def wander(self) -> None:
        self.town.now += self.chance.random()
        (befalls,) = self.chance.choices([*HABITS], [*HABITS.values()])
        befalls(self)

    def close(self) -> None:
        self.go(CLOSED)

    def drop(self) -> None:
        self.go(DROPPED)

    def move(self) -> None:
        self.release()
        self.arrive()
        self.come()

    def come_to_rest(self) -> None:
        """It is back, and all that was kept back or in flight has come."""
        if self.tab is None:
            self.come()
        self.release()
        self.arrive()
        (cursor,) = self.town.publish("zoos")
        self.meant.add(cursor)
        self.hand(cursor)
        self.arrive()


HABITS = {
    Walker.publish: 30, Walker.move: 10, Walker.close: 5, Walker.drop: 5, Walker.stall: 5, Walker.poll: 5,
    Walker.part_for_good: 5, Walker.release: 5, Walker.arrive: 5, Walker.begin_anew: 1,
}  # fmt: skip


def offset_of(cursor: str) -> int:
    return int(cursor.rpartition(".")[2])


@pytest.mark.parametrize("goes_on_from", ["its place", "now"])
def test_what_never_came_is_missed_and_nothing_else(goes_on_from: str) -> None:
    for seed in SEEDS:
        town = Town()
        walker = Walker(town, Random(seed), is_faithful=goes_on_from == "its place")
        for _ in range(STEPS):
            walker.wander()
        walker.come_to_rest()
        lost = sorted(walker.meant - walker.got, key=offset_of)
        assert (seed, town.record["missed_ids"]) == (seed, lost[:20])
        assert (seed, town.record["missed"]) == (seed, len(lost))
