"""Assertions that say what happened instead."""

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any, Final

from mockserver.testing.expectation import Expectation, explain_near
from mockserver.testing.journal import Requests
from mockserver.testing.reconnect import Demand, Reconnects, is_back, narrate, was_cut_off
from mockserver.testing.sandbox import DEFAULT, Sandbox

__tracebackhide__ = True

_LISTED: Final = 20
_NEWS: Final = "socket,request,event"
_ARRIVAL_S: Final = 2.0
"""How long a client is waited for that has never had a connection."""


def assert_requested(
    requests: Requests, sandbox: Sandbox, expectation: Expectation, times: int | None, within_s: float
) -> None:
    """As often as `times` says, or at least once. *Raises* `AssertionError`."""

    def look() -> Mapping[str, Any] | None:
        counted = requests.weigh(expectation)
        return counted if (counted["count"] >= 1 if times is None else counted["count"] >= times) else None

    found = sandbox.wait("request", look, within_s)
    counted = requests.weigh(expectation) if found is None else found
    count = counted["count"]
    if found is not None and times in (None, count):
        return
    wanted = "" if times is None else f" {times} times"
    lines = [f"Expected{wanted}: {expectation}", f"Found {count}{_asked(requests, sandbox, count)}"]
    lines += explain_near(counted["near"]) if not count else _listed(requests, expectation)
    raise AssertionError("\n".join(lines))


def assert_not_requested(requests: Requests, expectation: Expectation) -> None:
    """*Raises* `AssertionError`."""
    count = requests.weigh(expectation)["count"]
    if count:
        lines = [f"Not expected: {expectation}", f"Found {count}:", *_listed(requests, expectation)]
        raise AssertionError("\n".join(lines))


def _asked(requests: Requests, sandbox: Sandbox, count: int) -> str:
    if count:
        return ":"
    if others := len(requests):
        return f" among {_number(others)}; nearest:"
    nothing = "; nothing at all was asked in this sandbox"
    # Whoever leaves out the prefix is there.
    elsewhere = len(Requests(Sandbox(sandbox.control, DEFAULT)))
    if not elsewhere:
        return f"{nothing}."
    return f"{nothing}, but {_number(elsewhere)} came to the default one: does the client begin with `url`?"


def _number(requests: int) -> str:
    return f"{requests} request{'s' if requests > 1 else ''}"


def _listed(requests: Requests, expectation: Expectation) -> list[str]:
    found = requests.find(expectation)
    lines = [f"  {one}" for one in found[-_LISTED:]]
    return [f"  … {len(found) - _LISTED} more", *lines] if len(found) > _LISTED else lines


def assert_reconnected(
    sandbox: Sandbox, ask: Callable[[], Sequence[Reconnects]], client: str | None, within_s: float, demand: Demand
) -> None:
    """Those who were cut off are back as is demanded of them. *Raises* `AssertionError`."""

    def look_for_any() -> bool | None:
        return any(client in (None, one.client) for one in ask()) or None

    def look() -> Sequence[Reconnects] | None:
        meant = _meant(ask(), client)
        # Whoever is back may still be catching up.
        is_done = all(is_back(one) and not any(demand.judge(one)) for one in meant)
        return meant if meant and (is_done or any(map(demand.is_lost_on, meant))) else None

    deadline = monotonic() + within_s
    found = None
    if sandbox.wait(_NEWS, look_for_any, min(within_s, _ARRIVAL_S)):
        found = sandbox.wait(_NEWS, look, deadline - monotonic())
    if found is not None and not any(map(demand.is_lost_on, found)):
        return
    records = ask()
    meant = _meant(records, client)
    lines = [] if found else _explain(records, meant, client, within_s)
    lines += [f"{one.client}: {wrong}." for one in meant for wrong in demand.judge(one)]
    lines += [line for one in meant or records for line in narrate(one)]
    raise AssertionError("\n".join(lines))


def _meant(records: Sequence[Reconnects], client: str | None) -> list[Reconnects]:
    """Those that have something to prove."""
    if client is not None:
        return [one for one in records if one.client == client and one.losses]
    return [one for one in records if was_cut_off(one)]


def _explain(
    records: Sequence[Reconnects], meant: Sequence[Reconnects], client: str | None, within_s: float
) -> list[str]:
    if meant:
        away = [one.client for one in meant if not is_back(one)]
        return [f"Within {within_s:g} s {', '.join(away)} did not come back."] if away else []
    if not records:
        return ["No client has had a connection in this sandbox."]
    if client is not None and all(one.client != client for one in records):
        return [f"There is no client '{client}'; there are: {', '.join(one.client for one in records)}."]
    return [f"Within {within_s:g} s no connection of {client or 'any client'} was lost."]
