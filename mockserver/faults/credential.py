"""Credentials that a fault has seen: since when, how often, and whether they are over. Knows no rules about that."""

from collections.abc import Iterator
from dataclasses import field
from typing import Final

import orjson

from mockserver.messages import Json, Reply
from mockserver.value import dataclass

_MOST_KNOWN: Final = 10_000


@dataclass(slots=True)
class Life:
    """Credentials as they were seen."""

    since_s: float
    requests: int = 0
    is_over: bool = False


@dataclass(slots=True)
class Logins:
    """All credentials seen, and who was found with a login that is over; whoever that was may come with others."""

    lives: dict[str, Life] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    def keep(self, credential: str, life: Life) -> None:
        """Remember one; the oldest gives way."""
        self.lives.pop(credential, None)
        self.lives[credential] = life
        if len(self.lives) > _MOST_KNOWN:
            del self.lives[next(iter(self.lives))]

    def learn(self, now_s: float, reply: Reply) -> Reply:
        """The answer to a login as it is; what it hands out is good from now on."""
        for text in _handed_out(reply):
            self.keep(text, Life(now_s))
        return reply


def _handed_out(reply: Reply) -> Iterator[str]:
    """Every text in an answer that may be a token, and the values of its cookies."""
    if reply.status >= 400:
        return
    for name, value in reply.headers:
        if name.lower() == "set-cookie":
            yield value.partition(";")[0].partition("=")[2].strip('"')
    try:
        level: list[Json] = [orjson.loads(reply.body)]
    except orjson.JSONDecodeError:
        return
    while level:
        one = level.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            level.extend(one.values() if isinstance(one, dict) else one)
