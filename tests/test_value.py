"""Value classes do what those of the standard library do, whose name they have for readers of types."""

import copy
import dataclasses
import pickle
import weakref
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

import pytest

from mockserver import value

Declare = Callable[..., Callable[[type], type]]
BOTH = pytest.mark.parametrize("declare", [dataclasses.dataclass, value.dataclass], ids=["library", "ours"])


def made(declare: Declare, **options: Any) -> Any:
    """A class with a field of every kind."""

    class Point:
        """Somewhere."""

        origin: ClassVar[int] = 7
        x: int
        y: int = 2
        tags: list[str] = dataclasses.field(default_factory=list)
        noted: dict[str, int] = dataclasses.field(default_factory=dict, init=False)
        unseen: str = dataclasses.field(default="?", compare=False, repr=False)
        total: int = dataclasses.field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "total", self.x + self.y)

    return declare(**{"slots": True} | options)(Point)


@BOTH
def test_a_value_is_made_of_its_fields(declare: Declare) -> None:
    point = made(declare, frozen=True)
    one = point(1, unseen="!")
    assert (one.x, one.y, one.tags, one.noted, one.unseen, one.total, one.origin) == (1, 2, [], {}, "!", 3, 7)
    assert point(1).tags is not point(1).tags
    assert repr(one).endswith("Point(x=1, y=2, tags=[], noted={}, total=3)")
    assert (point.__doc__, point.__match_args__) == ("Somewhere.", ("x", "y", "tags", "unseen"))


@BOTH
@pytest.mark.parametrize(("args", "named"), [((), {}), ((1, 2, [], "", 5), {}), ((1,), {"z": 1}), ((1,), {"x": 2})])
def test_other_arguments_are_refused(declare: Declare, args: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    point = made(declare)
    for _ in range(2):
        with pytest.raises(TypeError):
            point(*args, **named)


@BOTH
def test_values_with_equal_fields_are_equal(declare: Declare) -> None:
    point = made(declare, frozen=True)
    assert point(1, unseen="a") == point(1, unseen="b")
    assert point(1) != point(2)
    assert point(1) != (1, 2, [], {}, 3)
    assert point(1) != made(declare, frozen=True)(1)


@BOTH
def test_a_frozen_value_has_a_hash_and_never_changes(declare: Declare) -> None:
    pair = declare(frozen=True, slots=True)(type("Pair", (), {"__annotations__": {"a": int, "b": int}}))
    assert {pair(1, 2): "x"}[pair(1, 2)] == "x"
    one: Any = pair(1, 2)
    for name in ("a", "c"):
        # What the library raises for a name that is no field is an accident of how slots come about.
        with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
            setattr(one, name, 3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.a
    assert (one.a, hasattr(one, "__dict__")) == (1, False)


@BOTH
def test_one_that_is_not_frozen_changes_and_has_no_hash(declare: Declare) -> None:
    point = made(declare)
    one = point(1)
    one.y = 9
    assert one != point(1)
    with pytest.raises(TypeError):
        hash(one)


@BOTH
def test_without_eq_each_is_itself_alone(declare: Declare) -> None:
    point = made(declare, eq=False)
    one = point(1)
    assert one != point(1)
    assert {one: 1}[one] == 1


@BOTH
def test_methods_of_its_own_stay(declare: Declare) -> None:
    members = {"__annotations__": {"a": int}, "__repr__": lambda self: f"<{self.a}>", "__hash__": lambda self: self.a}
    one: Any = declare(frozen=True, slots=True)(type("One", (), members))(3)
    assert (repr(one), hash(one)) == ("<3>", 3)


@BOTH
def test_what_it_inherits_comes_first(declare: Declare) -> None:
    base = declare(frozen=True, slots=True)(type("Base", (), {"__annotations__": {"a": int}}))
    further = declare(frozen=True, slots=True)(type("Further", (base,), {"__annotations__": {"b": int}}))
    one: Any = further(1, 2)
    assert (one.a, one.b, one == further(1, 2), one == base(1)) == (1, 2, True, False)


@BOTH
def test_values_are_copied_and_replaced(declare: Declare) -> None:
    point = made(declare, frozen=True)
    one = point(1, tags=["a"])
    assert copy.copy(one) == copy.deepcopy(one) == one
    assert copy.copy(one).tags is one.tags
    assert copy.deepcopy(one).tags is not one.tags
    assert dataclasses.replace(one, x=5).total == 7
    assert dataclasses.asdict(one) == {"x": 1, "y": 2, "tags": ["a"], "noted": {}, "unseen": "?", "total": 3}


@value.dataclass(frozen=True, slots=True, weakref_slot=True)
class Kept:
    """One that can be found by its name, as what is pickled has to be."""

    a: int
    b: tuple["Kept", ...] = ()


def test_values_are_pickled_and_referred_to_weakly() -> None:
    one = Kept(1, (Kept(2),))
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own
    assert weakref.ref(one)() is one


def test_a_value_inside_itself_is_shown_once() -> None:
    ring = cast("Any", value.dataclass(slots=True))(type("Ring", (), {"__annotations__": {"next": Any}}))
    one = ring(None)
    one.next = one
    assert repr(one) == "Ring(next=...)"
