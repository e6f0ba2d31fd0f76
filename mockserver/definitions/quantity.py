"""Quantities as definitions write them: durations (`250ms`, `-18y`), moments on the definition's clock, shares."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from mockserver.value import dataclass

# Digits are bounded: what is longer is no quantity that anybody has written.
_NUMBER = r"(\d{1,15}(?:\.\d{1,15})?)"
_DURATION = re.compile(rf"([+-]?){_NUMBER}(ms|s|m|h|d|w|y)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SIZE = re.compile(rf"{_NUMBER} ?(B|KB|MB|GB|KiB|MiB|GiB)", re.ASCII)
_BYTES = {"B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time: whole calendar years apart from seconds, so that 18 years ago is a birthday."""

    seconds: float
    years: int = 0

    @classmethod
    def parse(cls, text: Any) -> "Duration":
        """*Raises* `PydanticCustomError` with the spelling expected."""
        found = _DURATION.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise PydanticCustomError("duration", "should be a duration like 250ms, 2s, 15m, 1h, -30d or 18y")
        sign = -1 if found[1] == "-" else 1
        if found[3] == "y":
            if "." in found[2] or int(found[2]) > 2000:
                raise PydanticCustomError("duration", "years are whole and at most 2000: use d for parts of a year")
            return cls(0.0, sign * int(found[2]))
        seconds = sign * float(found[2]) * _SECONDS[found[3]]
        if abs(seconds) > 2000 * 366 * 86400:
            raise PydanticCustomError("duration", "should be within 2000 years")
        return cls(seconds)

    def after(self, moment: datetime) -> datetime:
        """That moment moved by this duration; the 29th of February becomes the 28th where it has to."""
        if self.years:
            year = moment.year + self.years
            try:
                return moment.replace(year=year)
            except ValueError:
                return moment.replace(year=year, day=28)
        return moment + timedelta(seconds=self.seconds)


def parse_instant(text: str) -> datetime:
    """An ISO 8601 date or date-time as an aware datetime; without a zone it is UTC. *Raises* `ValueError`."""
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def write_instant(moment: datetime) -> str:
    """The one spelling generated date-times have: UTC with `Z`, milliseconds only where there are some."""
    utc = moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds").replace("+00:00", "Z")


def shift(moment: datetime, by: timedelta) -> datetime:
    """The moment so much later, or at the end of the calendar that this leads past."""
    try:
        return moment + by
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if by > timedelta() else datetime.min.replace(tzinfo=UTC)


def read_wait(value: Any) -> Duration:
    """A duration that somebody waits for. *Raises* `PydanticCustomError` with spellings that make sense there."""
    try:
        return Duration.parse(value)
    except PydanticCustomError:
        raise PydanticCustomError("duration", "should be a duration like 250ms, 2s, 15m or 1h") from None


def write_duration(seconds: float) -> str:
    """The spelling of a length of time in the largest unit up to hours that it is a whole number of."""
    unit = next((one for one in ("h", "m", "s") if seconds % _SECONDS[one] == 0), "ms")
    return f"{seconds / _SECONDS[unit]:.15g}{unit}"


def write_size(count: int) -> str:
    """A number of bytes in the largest unit that it is a whole number of: `50 KiB`."""
    unit = next(
        (one for one in ("GiB", "MiB", "KiB", "MB", "KB") if count % _BYTES[one] == 0),
        "byte" if count == 1 else "bytes",
    )
    return f"{count // _BYTES.get(unit, 1)} {unit}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time of a definition: `now`, a duration from now, or a date."""

    offset: Duration | None
    instant: datetime | None = None

    @classmethod
    def parse(cls, value: Any) -> "Moment":
        """*Raises* `PydanticCustomError` with the spellings expected."""
        if value == "now":
            return cls(Duration(0.0))
        if isinstance(value, str):
            if _DURATION.fullmatch(value):
                return cls(Duration.parse(value))
            try:
                return cls(None, parse_instant(value))
            except ValueError:
                pass
        raise PydanticCustomError("moment", "should be 'now', a duration from now like -30d, or a date like 2026-01-15")

    def on(self, now: datetime) -> datetime:
        """Where this moment lies when the clock shows `now`. *Raises* `ValueError` outside the years 1 to 9999."""
        if self.instant is not None:
            return self.instant
        assert self.offset is not None  # noqa: S101 - one of the two is always there
        return self.offset.after(now)


def _read_instant(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    try:
        return parse_instant(value)
    except (ValueError, TypeError):
        raise PydanticCustomError("instant", "should be a date-time like 2026-01-15T09:00:00Z") from None


DurationText = Annotated[
    Duration,
    PlainValidator(Duration.parse),
    WithJsonSchema({"type": "string", "description": "a duration: 250ms, 2s, 15m, 1h, -30d, 18y"}),
]
"""A duration as a definition writes it."""

WaitText = Annotated[
    Duration,
    PlainValidator(read_wait),
    WithJsonSchema({"type": "string", "description": "a duration: 250ms, 2s, 15m, 1h"}),
]
"""A duration that somebody waits for; that it is one from 0s on is for the place to say, where the bounds are known."""

MomentText = Annotated[
    Moment,
    PlainValidator(Moment.parse),
    WithJsonSchema({"type": "string", "description": "now, a duration from now (-30d), or an ISO date"}),
]
"""A moment as a definition writes it."""


def _read_size(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    size = 0 if found is None else int(float(found[1]) * _BYTES[found[2]])
    if size < 1:
        raise PydanticCustomError("size", "should be a size like 500KB, 5MiB or a number of bytes")
    return size


SizeText = Annotated[
    int,
    PlainValidator(_read_size),
    WithJsonSchema({"type": ["string", "integer"], "description": "a size: 500KB, 5MiB, or a number of bytes"}),
]
"""A number of bytes, at least 1."""

Instant = Annotated[datetime, BeforeValidator(_read_instant)]
"""An absolute point in time, aware, in UTC."""

Share = Annotated[float, Field(ge=0, le=1)]
"""A part of the whole, 0 to 1."""


def is_date(value: object) -> bool:
    """Whether a value is a calendar date as JSON carries it (`2026-01-15`)."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
