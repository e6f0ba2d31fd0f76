"""Time, chance and platform as Faker sees them: those of the value being drawn, never those of the machine.

Owns stand-ins for the standard modules `datetime`, `random`, `platform` and `logging`, which `faker_copy` hands to
Faker's code. Their local time zone is UTC and their names of days and months are English. Knows nothing of
Faker itself.
"""

import datetime as real
import logging
import re
from contextvars import ContextVar
from functools import partial
from random import Random
from types import ModuleType
from typing import Any, Self

from mockserver.value import dataclass

EPOCH = real.datetime(1970, 1, 1, tzinfo=real.UTC)
MAX_DRAWS = 100_000
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = tuple(
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_NAMED = re.compile(r"%(%|[aAbBps])")


class TooManyDrawsError(Exception):
    """One value took more random numbers than any sensible value does; the arguments ask for too much."""


class Chance(Random):
    """Random numbers for one value, and not endlessly many: whatever loops in Faker ends here.

    *Raises* `TooManyDrawsError` after `MAX_DRAWS` numbers.
    """

    def __init__(self, seed: int) -> None:
        self._left = MAX_DRAWS
        super().__init__(seed)

    def random(self) -> float:
        """Uniform in `[0, 1)`."""
        self._left -= 1
        if self._left < 0:
            raise TooManyDrawsError
        return super().random()

    def getrandbits(self, k: int, /) -> int:
        """An integer of `k` random bits."""
        self._left -= 1
        if self._left < 0:
            raise TooManyDrawsError
        return super().getrandbits(k)


@dataclass(frozen=True, slots=True)
class Draw:
    """What one value is made from: its random numbers, and the moment that counts as now (aware, UTC)."""

    chance: Random
    now: real.datetime


DRAW: ContextVar[Draw] = ContextVar("mockserver_faker_draw")


def draw_now() -> real.datetime:
    """The moment of the current draw; while Faker's modules are being loaded there is none, and it is 1970."""
    current = DRAW.get(None)
    return current.now if current else EPOCH


def name_in_english(pattern: str, day: real.date) -> str:
    """A `strftime` pattern with the names of days and months filled in, which C libraries take from the locale."""
    hour = day.hour if isinstance(day, real.datetime) else 0
    seconds = hour * 3600 + day.minute * 60 + day.second if isinstance(day, real.datetime) else 0

    def fill(found: re.Match[str]) -> str:
        weekday, month = _DAYS[day.weekday()], _MONTHS[day.month - 1]
        named = {"A": weekday, "a": weekday[:3], "B": month, "b": month[:3], "p": "PM" if hour >= 12 else "AM"}
        if found[1] == "s":
            # Seconds of the epoch, which C libraries count in the machine's time zone.
            return str((day.toordinal() - EPOCH.toordinal()) * 86400 + seconds)
        return named.get(found[1], "%%")

    return _NAMED.sub(fill, pattern)


class _Day(type):
    """`isinstance` as Faker means it: a date that came from outside is a date too."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, real.date)


class _Moment(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, real.datetime)


class Day(real.date, metaclass=_Day):
    """A `date` whose today is that of the draw."""

    @classmethod
    def today(cls) -> Self:
        """The day of the draw."""
        now = draw_now()
        return cls(now.year, now.month, now.day)

    def strftime(self, pattern: str, /) -> str:
        """Formatted, in English."""
        return super().strftime(name_in_english(pattern, self))


class Moment(real.datetime, metaclass=_Moment):
    """A `datetime` whose now is that of the draw, and whose local time is UTC."""

    @classmethod
    def of(cls, moment: real.datetime) -> Self:
        """The same moment, in the same zone."""
        return cls.combine(moment.date(), moment.timetz())

    @classmethod
    def now(cls, tz: real.tzinfo | None = None) -> Self:
        """The moment of the draw, in UTC and without a zone unless one is given."""
        now = draw_now()
        return cls.of(now.astimezone(tz) if tz else now.replace(tzinfo=None))

    @classmethod
    def today(cls) -> Self:
        """The moment of the draw, without a zone."""
        return cls.now()

    @classmethod
    def utcnow(cls) -> Self:
        """The moment of the draw, without a zone."""
        return cls.now()

    @classmethod
    def fromtimestamp(cls, timestamp: float, tz: real.tzinfo | None = None) -> Self:
        """The moment so many seconds after 1970, in UTC and without a zone unless one is given."""
        moment = EPOCH + real.timedelta(seconds=timestamp)
        return cls.of(moment.astimezone(tz) if tz else moment.replace(tzinfo=None))

    @classmethod
    def utcfromtimestamp(cls, timestamp: float, /) -> Self:
        """The moment so many seconds after 1970, without a zone."""
        return cls.fromtimestamp(timestamp)

    def astimezone(self, tz: real.tzinfo | None = None) -> Self:
        """The same moment in another zone; without one of its own it is in UTC."""
        aware = self if self.tzinfo else self.replace(tzinfo=real.UTC)
        return self.of(super(Moment, aware).astimezone(tz or real.UTC))

    def timestamp(self) -> float:
        """Seconds after 1970; without a zone it is in UTC."""
        return super(Moment, self.astimezone()).timestamp()

    def date(self) -> Day:
        """Its day."""
        return Day(self.year, self.month, self.day)

    def strftime(self, pattern: str, /) -> str:
        """Formatted, in English."""
        return super().strftime(name_in_english(pattern, self))


def _draw_with(name: str, *args: Any, **kwargs: Any) -> Any:
    return getattr(DRAW.get().chance, name)(*args, **kwargs)


def _datetime_module() -> ModuleType:
    module = ModuleType("datetime")
    vars(module).update(vars(real) | {"datetime": Moment, "date": Day})
    return module


def _random_module() -> ModuleType:
    """`random` with the module's functions on the numbers of the current draw."""
    module = ModuleType("random")
    names = (
        "random",
        "uniform",
        "randint",
        "randrange",
        "choice",
        "choices",
        "sample",
        "shuffle",
        "getrandbits",
        "seed",
    )
    vars(module).update({name: partial(_draw_with, name) for name in names} | {"Random": Random})
    return module


def _platform_module() -> ModuleType:
    """`platform` that is Linux everywhere: on Windows Faker draws moments in whole seconds."""
    module = ModuleType("platform")
    vars(module).update({"system": lambda: "Linux"})
    return module


def _logging_module() -> ModuleType:
    """`logging` that says nothing: one locale would warn once for every account number."""
    module = ModuleType("logging")
    silent = logging.Logger("faker", logging.CRITICAL + 1)
    vars(module).update({"getLogger": lambda _name: silent})
    return module


STAND_INS = {
    "datetime": _datetime_module(),
    "random": _random_module(),
    "platform": _platform_module(),
    "logging": _logging_module(),
}
