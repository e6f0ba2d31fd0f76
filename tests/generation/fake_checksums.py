"""Prints the checksums of a table of fake values; `moved` as argument puts the machine's clock elsewhere before
any of Faker's code is run."""

import datetime
import hashlib
import json
import sys
from typing import Self, TypeAlias

from mockserver.generation.fakes import Fakes, LocaleFakes
from mockserver.generation.seeding import Streams

TABLE = (
    "name first_name last_name word sentence paragraph text email user_name company city street_address country"
    " job phone_number color_name url ipv4 address state postcode uuid4 date date_time date_of_birth past_date"
    " iso8601 profile ssn credit_card_full user_agent color password md5 pyfloat pydecimal boolean passport_dob"
    " day_of_week"
)
LOCALES = ("en_US", "de_DE", "ja_JP", "fr_FR", "it_IT")


RealMoment: TypeAlias = datetime.datetime
RealDay: TypeAlias = datetime.date


class AnyMoment(type):
    """Of `isinstance`: what the real class made counts too."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, RealMoment)


class AnyDay(type):
    """The same of days."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, RealDay)


class Moved(RealMoment, metaclass=AnyMoment):
    """A machine's clock that shows another time."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Self:
        return cls(2031, 5, 6, 7, 8, 9, tzinfo=tz)


class MovedDay(RealDay, metaclass=AnyDay):
    """The same of days."""

    @classmethod
    def today(cls) -> Self:
        return cls(2031, 5, 6)


def checksum(locale: str) -> str:
    """The checksum of 50 values of every provider in the table that the locale has."""
    now = datetime.datetime(2026, 1, 15, 9, tzinfo=datetime.UTC)
    fakes, digest = Fakes((locale,), now), hashlib.sha256()
    for provider in sorted({*TABLE.split()} & LocaleFakes(locale, now).names()):
        sample, cells = fakes.sampler(provider, {}), Streams(5, provider)
        digest.update(json.dumps([sample(cells.at(b"%d" % row)) for row in range(50)]).encode())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    if "moved" in sys.argv:
        setattr(datetime, "datetime", Moved)  # noqa: B010
        setattr(datetime, "date", MovedDay)  # noqa: B010
    sums = {locale: checksum(locale) for locale in LOCALES}
    traces = sorted(name for name in sys.modules if name.partition(".")[0] == "faker")
    print(json.dumps([sums, traces]))  # noqa: T201
