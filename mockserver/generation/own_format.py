"""Samplers put together from words, formats and placeholders, drawing straight from a cell's stream.

A sampler takes its numbers in the order in which its parts are read, one for each choice. Knows nothing of Faker.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise
from string import ascii_letters
from typing import TypeAlias

from mockserver.generation.seeding import Stream

Sampler: TypeAlias = Callable[[Stream], str]

_PLACEHOLDER = re.compile(r"#{1,9}|[%$!@?]")
_WEIGHT_UNIT = 1_000_000


def choose(words: Sequence[str]) -> Sampler:
    """One of the words, each as likely as any other."""
    n = len(words)
    return lambda stream: words[stream.below(n)]


def choose_sampler(samplers: Sequence[Sampler], weights: Sequence[float] = ()) -> Sampler:
    """One of the samplers, in proportion to the weights or each as likely as any other."""
    if len(samplers) == 1:
        return samplers[0]
    if not weights:
        n = len(samplers)
        return lambda stream: samplers[stream.below(n)](stream)
    totals = list(accumulate(max(1, round(weight * _WEIGHT_UNIT)) for weight in weights))
    total = totals[-1]
    return lambda stream: samplers[bisect_right(totals, stream.below(total))](stream)


def choose_format(
    formats: Sequence[str] | Mapping[str, float], fill: Callable[[str], Sampler | None]
) -> Sampler | None:
    """One of the formats, each filled by `fill`, or nothing when one can't be; a mapping gives weights."""
    samplers = [sampler for sampler in map(fill, formats) if sampler is not None]
    if not samplers or len(samplers) < len(formats):
        return None
    return choose_sampler(samplers, list(formats.values()) if isinstance(formats, Mapping) else ())


def join(parts: Sequence[str | Sampler]) -> Sampler:
    """The parts one after another, words as they are."""
    literals, samplers = [""], []
    for part in parts:
        if isinstance(part, str):
            literals[-1] += part
        else:
            samplers.append(part)
            literals.append("")
    if len(samplers) == 2 and not literals[0] and not literals[2]:
        (first, second), between = samplers, literals[1]
        return lambda stream: first(stream) + between + second(stream)
    template = "%s".join(literal.replace("%", "%%") for literal in literals)
    return lambda stream: template % tuple([sampler(stream) for sampler in samplers])


def fill_tokens(
    text: str, token: re.Pattern[str], named: Callable[[str], Sampler | None]
) -> list[str | Sampler] | None:
    """The text in parts, with each token replaced by the sampler of its name, or nothing when one has none."""
    parts: list[str | Sampler] = []
    at = 0
    for found in token.finditer(text):
        sampler = named(found[1])
        if sampler is None:
            return None
        parts += [text[at : found.start()], sampler]
        at = found.end()
    return [*parts, text[at:]]


def fill_placeholders(text: str) -> list[str | Sampler]:
    """The text in parts, with the placeholders of Faker's `bothify` (`#`, `%`, `$`, `!`, `@`, `?`) as samplers."""
    spans = [found.span() for found in _PLACEHOLDER.finditer(text)]
    parts: list[str | Sampler] = [text[: spans[0][0]] if spans else text]
    for (start, end), (following, _) in pairwise([*spans, (len(text), len(text))]):
        parts += [_placeholder(text[start:end]), text[end:following]]
    return parts


def _placeholder(symbol: str) -> Sampler:
    if symbol[0] == "#":
        width, n = len(symbol), 10 ** len(symbol)
        return lambda stream: str(stream.below(n)).zfill(width)
    return choose(_SYMBOLS[symbol])


_SYMBOLS: dict[str, Sequence[str]] = {
    "%": "123456789",
    "$": "23456789",
    "!": [*"0123456789", *[""] * 10],
    "@": [*"123456789", *[""] * 9],
    "?": ascii_letters,
}
