"""Addresses that two parts of a definition have: noted while channels are loaded."""

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from mockserver.definitions.load import Report
from mockserver.definitions.manner import ApiSection
from mockserver.definitions.pattern import Claim
from mockserver.realtime.channel.address import Addresses
from mockserver.realtime.channel.channel import places_of
from mockserver.realtime.channel.effect import Kind
from mockserver.realtime.channel.section import ChannelSection
from mockserver.realtime.feed_path import feed_routes

_Steps: TypeAlias = tuple[str, ...]
_ANY: Final = ":"
_FEED: Final = "the feed of changes (api.feed)"


class Clashes:
    """The addresses there are, with what has each; those of sockets are not those of what is asked for by GET.

    `claims` are the routes that are taken beside those of resources.
    """

    __slots__ = ("_addresses", "_report", "_taken")

    def __init__(self, api: ApiSection, addresses: Addresses, claims: Iterable[Claim], report: Report) -> None:
        self._addresses = addresses
        self._report = report
        self._taken: dict[tuple[Kind, _Steps], str] = {}
        for route in feed_routes(api):
            for prefix in addresses.own:
                steps = _below(prefix, route.steps)
                self._taken |= {("ws", steps): _FEED, ("sse", steps): _FEED}
        for claim in claims:
            if claim.route.takes("GET"):
                self._taken |= {("sse", _below(prefix, claim.route.steps)): claim.said for prefix in claim.prefixes}
        for name, prefixes in addresses.resources.items():
            said = f"the resource '{name}'"
            for prefix in prefixes:
                reads = _reads(name, addresses.resources)
                self._taken |= {("sse", _below(prefix, steps)): said for steps in reads}

    def check(self, name: str, section: ChannelSection) -> None:
        """Note a path that never matches, and one that something else has already."""
        where, path = ("channels", name, "path"), section.path.path
        if any(mark in path for mark in "?#%"):
            self._report.add(where, f"'{path}' never matches", "write the path decoded, and parameters as `query.name`")
        said = f"the channel '{name}'"
        for steps in places_of(section.path, self._addresses.own):
            owner = self._taken.setdefault((section.kind, _anonymous(steps)), said)
            if owner != said:
                problem = f"'/{'/'.join(steps)}' is the address of {owner} already"
                self._report.add(where, problem, "give each its own path")
                return


def _reads(name: str, resources: Iterable[str]) -> Iterator[_Steps]:
    """The addresses of a resource: itself, its documents, and what may be nested below one."""
    yield from ((name,), (name, _ANY), *((name, _ANY, other) for other in resources))


def _below(prefix: str, steps: _Steps) -> _Steps:
    return _anonymous((*prefix.split("/")[1:], *steps))


def _anonymous(steps: _Steps) -> _Steps:
    """Steps without the names of parameters."""
    return tuple(_ANY if step[0] == _ANY else step for step in steps)
