"""What a rule does, in a sentence that people read: in the panel, and in `mockserver fault list`.

Kinds say what happens (`Kind.say`); to what, how often and when is said here.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.definitions.pattern import ANY
from mockserver.definitions.quantity import write_duration
from mockserver.definitions.secret import shown
from mockserver.faults.fault import Rule
from mockserver.faults.matching import Expected
from mockserver.faults.occasion import Direction
from mockserver.faults.schedule import Schedule

_ORDINALS: Final = {1: "st", 2: "nd", 3: "rd"}
_DIRECTIONS: Final[dict[Direction | None, str]] = {"in": " from the client", "out": " to the client", None: ""}


def tell(rule: Rule) -> str:
    """What a rule does: "GET /animals: answered 503, Retry-After 2s, in 30 % of cases"."""
    kinds = {id(kind): kind for acting in rule.acts.values() for kind in acting}
    parts = [*(["carried out first"] if rule.commits else []), *(kind.say() for kind in kinds.values())]
    stays_open = all(scope in ("connection", "frame") for scope, _ in rule.acts)
    beginning = "after it stands" if stays_open else "after it is switched on"
    said = f"{', '.join(_subject(rule))}: {', '.join([*parts, *_times(rule.schedule, beginning)])}"
    return said[0].upper() + said[1:]


def _subject(rule: Rule) -> Iterator[str]:
    """What it happens to, and what else must hold of that."""
    match = rule.match
    what = " and ".join([*_requests(rule), *_sockets(rule)])
    if any(scope == "frame" for scope, _ in rule.acts):
        events = f" {_either(match.events)}" if match.events else ""
        what = f"messages{events}{_DIRECTIONS[match.direction]} of {what}"
    yield what
    if match.resources:
        yield f"of {_either(sorted(match.resources))}"
    yield from (f"with the header {one}" for one in _expected(match.headers, ": "))
    yield from (f"with {one} in the query" for one in _expected(match.query, "="))
    if match.users:
        yield f"by {_either(sorted(match.users))}"


def _requests(rule: Rule) -> Iterator[str]:
    """Those that it acts on, event streams among them."""
    if all(transport == "ws" for _, transport in rule.acts) or (rule.match.sockets and not rule.match.routes):
        return
    noun = "request" if ("request", "http") in rule.acts else "event stream"
    methods = [route.method for route in rule.match.routes if route.is_everything]
    if ANY in methods or not rule.match.routes:
        yield f"every {noun}"
    elif methods:
        yield f"every {_either(methods)}"
    yield from (str(route) for route in rule.match.routes if not route.is_everything)


def _sockets(rule: Rule) -> Iterator[str]:
    """Those that it acts on."""
    if all(transport != "ws" for _, transport in rule.acts) or (rule.match.routes and not rule.match.sockets):
        return
    if not rule.match.sockets or any(route.is_everything for route in rule.match.sockets):
        yield "every socket"
    yield from (str(route) for route in rule.match.sockets if not route.is_everything)


def _expected(pairs: Expected, joint: str) -> Iterator[str]:
    return (name if value is None else f"{name}{joint}{shown(name, value)}" for name, value in pairs)


def _either(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _times(schedule: Schedule, beginning: str) -> Iterator[str]:
    """How often and when."""
    if schedule.skip:
        yield f"but for the first {schedule.skip}"
    if schedule.every > 1:
        yield f"every {_ordinal(schedule.every)}"
    if schedule.pattern:
        yield f"by turns {schedule.pattern}"
    if schedule.probability < 1:
        yield f"in {schedule.probability * 100:.3g} % of cases"
    if schedule.times is not None:
        yield f"{'once' if schedule.times == 1 else f'{schedule.times} times'} at most"
    if schedule.after.most_s:
        yield f"{schedule.after.say()} {beginning}"
    if schedule.lasts_s is not None:
        again = "" if schedule.repeat_s is None else f" in each {write_duration(schedule.repeat_s)}"
        yield f"for {write_duration(schedule.lasts_s)}{again}"
    if schedule.ramp_s:
        yield f"growing over {write_duration(schedule.ramp_s)}"


def _ordinal(number: int) -> str:
    suffix = "th" if number % 100 in (11, 12, 13) else _ORDINALS.get(number % 10, "th")
    return f"{number}{suffix}"
