"""What a channel remembers: so many messages of a room, so many rooms, so many bytes in all; the oldest go first."""

from hypothesis import given
from hypothesis import strategies as st

from mockserver.realtime.channel.recollection import MOST_BYTES, Recollection

ROOMS = ["", "a", "b", "c"]


def told(held: Recollection[int], room: str) -> list[int]:
    return [spoken.what for spoken in held.held(room)]


def test_a_room_holds_its_latest() -> None:
    held = Recollection[int]()
    numbers = [held.hold(what, 10, ["a", "a"] if what % 2 else ["a", "b"], 3) for what in range(10)]
    assert numbers == list(range(1, 11))
    assert (told(held, "a"), told(held, "b"), told(held, "")) == ([7, 8, 9], [4, 6, 8], [])
    assert held.hold(10, 10, [], 3) == 11
    held.hold(11, 10, ["a"], 1)
    assert (told(held, "a"), told(held, "b")) == ([11], [4, 6, 8])


def test_of_many_rooms_the_longest_silent_is_forgotten() -> None:
    held = Recollection[int]()
    for room in range(1000):
        held.hold(room, 10, [str(room)], 5)
    held.hold(-1, 10, ["0"], 5)
    held.hold(-2, 10, ["new"], 5)
    assert (told(held, "0"), told(held, "1"), told(held, "2")) == ([0, -1], [], [2])


def test_what_is_longer_than_all_that_is_held_leaves_nothing() -> None:
    held = Recollection[int]()
    held.hold(1, 10, ["a"], 5)
    held.hold(2, MOST_BYTES, ["b"], 5)
    assert (told(held, "a"), told(held, "b")) == ([], [])
    held.hold(3, 10, ["a"], 5)
    assert told(held, "a") == [3]


@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(ROOMS)), st.sampled_from([1, MOST_BYTES // 9, MOST_BYTES // 3]), st.integers(1, 4)
        ),
        max_size=40,
    )
)
def test_it_is_as_if_all_were_kept_and_looked_through(said: list[tuple[set[str], int, int]]) -> None:
    held = Recollection[int]()
    rooms: dict[str, list[int]] = {room: [] for room in ROOMS}
    for what, (places, size, most) in enumerate(said):
        held.hold(what, size, places, most)
        for room in places:
            rooms[room] = [*rooms[room], what][-most:]
        while sum(said[one][1] + 500 for one in set().union(*rooms.values())) > MOST_BYTES:
            oldest = min(set().union(*rooms.values()))
            rooms = {room: [one for one in kept if one != oldest] for room, kept in rooms.items()}
    assert {room: told(held, room) for room in ROOMS} == rooms
