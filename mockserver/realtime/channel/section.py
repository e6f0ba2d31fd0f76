"""The section `channels` as it is declared: where each stands, who may come in, what it says and does."""

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, PlainValidator, Tag, WithJsonSchema, create_model

from mockserver.definitions.field import Model
from mockserver.definitions.manner import check_heartbeat
from mockserver.definitions.pattern import RoutePattern, parse_pattern
from mockserver.definitions.quantity import Duration, DurationText, SizeText
from mockserver.definitions.union import OneOrMore, one_of_shapes, problem
from mockserver.realtime.channel.bound import LEAST_STATUS, MOST_REPLAYED, MOST_STATUS
from mockserver.realtime.channel.effect import Kind, effects
from mockserver.realtime.channel.span import Span, SpanText
from mockserver.realtime.session import MESSAGE_BYTES

USUALLY_REPLAYED: Final = 100
REDIRECTS: Final = (301, 302, 303, 307, 308)
"""The statuses that need a `Location` (RFC 9110 §15.4)."""
BEAT_S: Final = 10.0
_MOST_BYTES: Final = 16 * 1024 * 1024
_LEAST_EVERY_S: Final = 0.01
_NO_BEAT: Final = Duration(0)

KINDS: Final = tuple(sorted((kind for _, kind in effects.items()), key=lambda kind: (kind.place, kind.keys)))
"""All effects, in the order in which those of one rule happen."""


def _path(value: Any) -> RoutePattern:
    if isinstance(value, RoutePattern):
        return value
    if not isinstance(value, str) or not value.startswith("/") or " " in value:
        raise problem("should be a path like /chat/:room", "it begins with /")
    return parse_pattern(f"GET {value}")


ChannelPath = Annotated[
    RoutePattern,
    PlainValidator(_path),
    WithJsonSchema({"type": "string", "pattern": "^/", "description": "a path like /chat/:room"}),
]


class _RuleBase(Model):
    """What happens where `when` holds. On an event stream `event` is what its messages are called there."""

    when: Any = True
    """Whether it happens."""
    event: str | None = None
    """What its messages are called on an event stream."""


def _keys_of_effects() -> dict[str, Any]:
    """The keys of all effects, none of which has to be there."""
    return {
        name: (one.rebuild_annotation(), Field(default_factory=lambda: None))
        for kind in KINDS
        for name, one in kind.model_fields.items()
    }


if TYPE_CHECKING:
    RuleSection = _RuleBase
else:
    RuleSection = create_model("RuleSection", __base__=_RuleBase, **_keys_of_effects())
    RuleSection.__doc__ = _RuleBase.__doc__
    RuleSection.parts = tuple(KINDS)


Action = Literal["created", "updated", "deleted"]
_Names = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[str], Field(min_length=1), Tag("list")],
    one_of_shapes("should be the name of a resource, or a list of them"),
]


class ChangeSection(Model):
    """Changes of a resource, or of several: all of them, or those of one action."""

    resource: _Names
    """The resource, or several."""
    action: (
        Annotated[
            Annotated[Action, Tag("text")] | Annotated[list[Action], Field(min_length=1), Tag("list")],
            one_of_shapes("should be created, updated or deleted, or a list of them"),
        ]
        | None
    ) = None
    """`created`, `updated` or `deleted`; all, unless given."""

    @property
    def resources(self) -> tuple[str, ...]:
        """The resources, however many were written."""
        return (self.resource,) if isinstance(self.resource, str) else tuple(self.resource)

    @property
    def actions(self) -> frozenset[str]:
        """The actions told of."""
        if self.action is None:
            return frozenset(("created", "updated", "deleted"))
        return frozenset((self.action,)) if isinstance(self.action, str) else frozenset(self.action)


def _interval(span: Span) -> Span:
    if span.least_s < _LEAST_EVERY_S:
        raise problem("should be at least 10ms")
    return span


class PushSection(RuleSection):
    """A rule that nobody asks for: after a `change`, or `every` so often, the first time `after` a while."""

    change: (
        Annotated[
            Annotated[str, Tag("text")]
            | Annotated[list[str], Field(min_length=1), Tag("list")]
            | Annotated[ChangeSection, Tag("mapping")],
            one_of_shapes("should be the name of a resource, a list of them, or {resource: …, action: …}"),
        ]
        | None
    ) = None
    """Happens after changes of a resource."""
    every: Annotated[SpanText, AfterValidator(_interval)] | None = None
    """Happens so often: a duration, or two to draw between."""
    after: SpanText | None = None
    """Happens the first time after so long."""
    times: Annotated[int, Field(ge=1)] | None = None
    """How often at most."""

    @property
    def changes(self) -> ChangeSection | None:
        """The changes it is about, however they were written."""
        given = self.change
        return given if given is None or isinstance(given, ChangeSection) else ChangeSection(resource=given)


class RefuseSection(Model):
    """Turns clients away before the handshake is done, where `when` holds."""

    when: Any = True
    """Whether the client is turned away."""
    status: Annotated[
        Annotated[Annotated[int, Field(ge=LEAST_STATUS, le=MOST_STATUS)], Tag("number")] | Annotated[str, Tag("text")],
        one_of_shapes(f"should be a status from {LEAST_STATUS} to {MOST_STATUS}, or an expression that gives one"),
    ] = 503
    """With which status."""
    message: str = ""
    """What the answer says."""
    headers: dict[str, Any] = {}
    """Headers of the answer."""
    retry_after: Annotated[int, Field(ge=0)] | None = None
    """Seconds after which it may come again."""

    @property
    def redirects(self) -> bool:
        """Whether it is certain to lead elsewhere."""
        return isinstance(self.status, int) and self.status in REDIRECTS


class RolesSection(Model):
    """Who may come in: one of the roles is enough."""

    roles: Annotated[
        Annotated[str, Tag("text")] | Annotated[list[str], Field(min_length=1), Tag("list")],
        one_of_shapes("should be a role, or a list of them"),
    ]
    """The roles of which one is enough."""


class HeartbeatSection(Model):
    """A sign of life with words of its own."""

    every: Annotated[DurationText, AfterValidator(check_heartbeat)]
    """The time between two."""
    send: Any = None
    """A value, sent as JSON."""
    text: str | None = None
    """A text, sent as it is."""


def _beat(value: Duration) -> Duration:
    return value if value == _NO_BEAT else check_heartbeat(value)


def _subprotocol(name: str) -> str:
    if not name or not name.isascii() or not all(char.isalnum() or char in "!#$%&'*+-.^_`|~" for char in name):
        raise problem(f"'{name}' can't be the name of a sub-protocol", "letters, digits, . and -")
    return name


def _size(value: int) -> int:
    if value > _MOST_BYTES:
        raise problem("should be at most 16MiB")
    return value


class ChannelSection(Model):
    """A socket of the application's own, or an event stream; it stands at its path and below each prefix of the API."""

    path: ChannelPath
    """Where it stands, below each prefix too."""
    kind: Kind = "ws"
    """`ws`, or `sse` for an event stream."""
    describe: str | None = None
    """Words for people."""
    refuse: OneOrMore[RefuseSection] = []
    """Who is turned away before the handshake is done."""
    subprotocols: list[Annotated[str, AfterValidator(_subprotocol)]] = []
    """Those it speaks, the best first."""
    auth: Annotated[
        Annotated[bool, Tag("boolean")]
        | Annotated[list[str], Field(min_length=1), Tag("list")]
        | Annotated[RolesSection, Tag("mapping")],
        one_of_shapes("should be true, or a list of roles"),
    ] = False
    """Who may come in: `true` for any user, or roles."""
    key: str | None = None
    """An expression for who connects; `attempt` counts its connections."""
    heartbeat: Annotated[
        Annotated[DurationText, AfterValidator(_beat), Tag("text")] | Annotated[HeartbeatSection, Tag("mapping")],
        one_of_shapes("should be a duration like 10s, or {every: 10s, send: …}"),
    ] = Duration(BEAT_S)
    """The time between two signs of life, or one with words of its own; `0s` for none."""
    replay: Annotated[
        Annotated[bool, Tag("boolean")] | Annotated[Annotated[int, Field(ge=0, le=MOST_REPLAYED)], Tag("number")],
        one_of_shapes("should be a number of messages, or true"),
    ] = False
    """How many broadcasts of a room are told to who joins later."""
    deflate: bool = False
    """Messages may be compressed."""
    max_message: Annotated[SizeText, AfterValidator(_size)] = MESSAGE_BYTES
    """The largest message; a larger one closes with 1009."""
    commands: bool = False
    """REST requests may be sent as messages too."""
    open: OneOrMore[RuleSection] = []
    """What happens as somebody connects."""
    push: OneOrMore[PushSection] = []
    """What happens by itself."""
    receive: OneOrMore[RuleSection] = []
    """What happens for a message."""

    @property
    def beat_s(self) -> float:
        """The seconds between two heartbeats; none for no heartbeats."""
        beat = self.heartbeat
        return (beat.every if isinstance(beat, HeartbeatSection) else beat).seconds

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of which one is needed, none where any user will do."""
        if isinstance(self.auth, bool):
            return ()
        given = self.auth if isinstance(self.auth, list) else self.auth.roles
        return (given,) if isinstance(given, str) else tuple(given)

    @property
    def replayed(self) -> int:
        """How many messages are told again to those who come later."""
        return USUALLY_REPLAYED * self.replay if isinstance(self.replay, bool) else self.replay
