"""Our own user names, addresses and hosts in Faker's shapes.

User names and host names are made of words whose forms without accents and spaces are kept once made.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network
from itertools import accumulate

from mockserver.generation.faker_locale import TOKEN
from mockserver.generation.own_format import Sampler, fill_placeholders, fill_tokens, join
from mockserver.generation.seeding import Stream


def choose_slug(words: Sequence[str], slug: Callable[[str], str]) -> Sampler:
    """The slug of one of the words."""
    made: list[str | None] = [None] * len(words)
    n = len(words)

    def sample(stream: Stream) -> str:
        index = stream.below(n)
        known = made[index]
        if known is None:
            known = made[index] = slug(words[index])
        return known

    return sample


def fill_user_name(
    text: str, words: Callable[[str], Sequence[str] | None], slug: Callable[[str], str]
) -> Sampler | None:
    """A format of user names (`?{{last_name}}##`), or nothing when it names other than plain words."""

    def named(token: str) -> Sampler | None:
        found = words(token)
        return choose_slug(found, slug) if found else None

    parts = fill_tokens(text, TOKEN, named)
    if parts is None:
        return None
    return join([piece for part in parts for piece in (_literal(part, slug) if isinstance(part, str) else [part])])


def choose_address(networks: Sequence[IPv4Network]) -> Sampler:
    """An IPv4 address in one of the networks, each address as likely as any other."""
    ordered = sorted(networks)
    starts = [int(network.network_address) for network in ordered]
    totals = [0, *accumulate(network.num_addresses for network in ordered)]
    total = totals[-1]

    def sample(stream: Stream) -> str:
        drawn = stream.below(total)
        index = bisect_right(totals, drawn) - 1
        address = starts[index] + drawn - totals[index]
        return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"

    return sample


def _literal(text: str, slug: Callable[[str], str]) -> list[str | Sampler]:
    """Text between tokens: placeholders as samplers in lower case, the rest as user names have it."""
    return [slug(part) if isinstance(part, str) else _lower(part) for part in fill_placeholders(text)]


def _lower(sampler: Sampler) -> Sampler:
    return lambda stream: sampler(stream).lower()
