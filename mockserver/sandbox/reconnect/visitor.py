"""Who comes to a window: by the name a client gives itself, else by what its requests have in common."""

import re
from typing import Final

from mockserver.value import dataclass

FEED: Final = "feed"
_CHANNEL: Final = "channel:"
_PROGRAMS: Final = re.compile(
    r"(Edg|OPR|Firefox|HeadlessChrome|Chrome|Safari|curl|Playwright|python-requests|Python|okhttp|Dart|node)\b/?(\d*)",
    re.IGNORECASE,
)
_LONGEST: Final = 24


@dataclass(frozen=True, slots=True)
class Visitor:
    """`name` is what the client calls itself, empty where it does not; `user` who it is logged in as.

    `kind` is the feed, or a channel.
    """

    name: str = ""
    host: str = ""
    agent: str = ""
    origin: str = ""
    user: str = ""
    kind: str = FEED

    def may_be(self, other: "Visitor") -> bool:
        """Whether both may be one client. Who is refused is nobody yet, so that a user unknown may be any."""
        if self.kind != other.kind or self.name != other.name:
            return False
        if self.name:
            return True
        if self.user and other.user and self.user != other.user:
            return False
        return (self.host, self.agent, self.origin) == (other.host, other.agent, other.origin)

    @property
    def label(self) -> str:
        """What people may call it."""
        if self.name:
            return self.name
        words = (self.host, _program(self.agent), self.user, self.kind if self.kind != FEED else "")
        return " ".join(word for word in words if word) or "somebody"


def channel_kind(name: str) -> str:
    """What is in place of the feed for a channel."""
    return f"{_CHANNEL}{name}"


def _program(agent: str) -> str:
    """The program of a `User-Agent`: the word in it that tells most, with its version."""
    found = _PROGRAMS.search(agent)
    if found is not None:
        name = {"edg": "Edge", "opr": "Opera", "headlesschrome": "Chrome"}.get(found[1].lower(), found[1])
        return f"{name} {found[2]}".rstrip()
    return agent.partition(" ")[0].partition("/")[0][:_LONGEST]
