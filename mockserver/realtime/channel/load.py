"""Channels from their sections: every name, rule and path checked while loading, and noted where it stands."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mockserver.conventions.styled import Styled
from mockserver.definitions.load import Report
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.pattern import Claim
from mockserver.errors import suggestion
from mockserver.formula.formula import Loading, Where
from mockserver.formula.header import load_headers
from mockserver.formula.names import ALWAYS, FUNCTIONS, TEXT, Meaning, Names, named_rows
from mockserver.generation.schema import Schema
from mockserver.generation.shape import ANY, Shape
from mockserver.realtime.channel.address import Addresses, addresses_of
from mockserver.realtime.channel.channel import ChangePush, Channel, Refusal, TimerPush
from mockserver.realtime.channel.clash import Clashes
from mockserver.realtime.channel.rule import Rule
from mockserver.realtime.channel.rule_loader import RuleLoader
from mockserver.realtime.channel.section import (
    ChangeSection,
    ChannelSection,
    HeartbeatSection,
    PushSection,
    RefuseSection,
    RolesSection,
    RuleSection,
)
from mockserver.value import dataclass

_NUMBER: Final = Shape("integer")
_EVENT: Final = Shape(
    "object", properties={"action": TEXT, "resource": TEXT, "key": ANY, "id": TEXT, "topic": TEXT}
)  # fmt: skip

_AT_THE_DOOR: Final[Mapping[str, Meaning]] = {**ALWAYS, "query": ANY}
_INSIDE: Final[Mapping[str, Meaning]] = {
    "attempt": _NUMBER,
    "n": _NUMBER,
    "reply": ANY,
    "rooms": Shape("array"),
}
_OF_MESSAGE: Final[Mapping[str, Meaning]] = {"msg": ANY, "raw": TEXT, "msg_is_bytes": Shape("boolean")}
RESERVED: Final = frozenset(
    (*_AT_THE_DOOR, *_INSIDE, *_OF_MESSAGE, *FUNCTIONS, "state", "row", "old", "event", "tick", "their")
)
"""Names that a channel gives a meaning to by itself."""

_SOCKETS_ONLY: Final = ("receive", "commands", "subprotocols", "deflate", "max_message")


@dataclass(slots=True)
class ChannelLoading:
    """All channels of one definition being loaded."""

    definition: CoreDefinition
    schema: Schema
    addresses: Addresses
    clashes: Clashes
    report: Report

    @property
    def loading(self) -> Loading:
        """What turns values into formulas."""
        return Loading(self.report, self.schema)

    def load(self) -> tuple[Channel, ...]:
        """The channels; they may be used only when nothing was noted."""
        sections: Mapping[str, ChannelSection] = getattr(self.definition, "channels", {})
        # Where a part was left out for being wrong, what is left says nothing, and stands at other places.
        broken = {tuple(one.path.split(".")[:2]) for one in self.report.problems}
        return tuple(
            self._channel(name, section) for name, section in sections.items() if ("channels", name) not in broken
        )

    def _channel(self, name: str, section: ChannelSection) -> Channel:
        where = ("channels", name)
        self.clashes.check(name, section)
        self._check_kind(section, where)
        self._check_auth(section, where)
        door = self._names(section, where)
        inside = door.plus({**_INSIDE, "state": _memory(section)})
        rules = RuleLoader(self.loading, self.addresses, section.kind)
        return Channel(
            name,
            section,
            tuple(
                self._refusal(one, rules, (*where, "refuse", place), door.plus({"attempt": _NUMBER}))
                for place, one in enumerate(section.refuse)
            ),
            None if section.key is None else self.loading.formula(section.key, (*where, "key"), door),
            section.beat_s,
            self._beat(section, rules, (*where, "heartbeat"), inside),
            rules.rules(section.open, (*where, "open"), inside),
            rules.rules(section.receive, (*where, "receive"), inside.plus(_OF_MESSAGE)),
            tuple(self._on_change(section, rules, where, inside)),
            tuple(self._on_timer(section, rules, where, inside)),
        )

    def _names(self, section: ChannelSection, where: Where) -> Names:
        """What every expression of a channel may name."""
        known: dict[str, Meaning] = {**named_rows(self.schema), **_AT_THE_DOOR}
        for name in section.path.names:
            if name in RESERVED:
                self.report.add((*where, "path"), f"':{name}' means something else in expressions", "rename it")
            known[name] = TEXT
        return Names(self.schema, known, "open")

    def _check_kind(self, section: ChannelSection, where: Where) -> None:
        if section.kind == "ws":
            return
        for key in _SOCKETS_ONLY:
            if key in section.model_fields_set:
                problem = f"an event stream has no '{key}'"
                self.report.add((*where, key), problem, "clients of a `kind: sse` say nothing", key=True)

    def _check_auth(self, section: ChannelSection, where: Where) -> None:
        auth: Any = getattr(self.definition, "auth", None)
        if section.auth is False:
            return
        if auth is None:
            hint = "e.g. auth: {users: {ada: {token: s3cret}}}"
            self.report.add((*where, "auth"), "there is nobody who could log in: the section 'auth' is missing", hint)
            return
        roles = {role for user in auth.users.values() for role in user.role_names}
        for place, role in enumerate(section.roles):
            if role not in roles and auth.users:
                written = section.auth.roles if isinstance(section.auth, RolesSection) else section.auth
                at = (*where, "auth", *(("roles",) if written is not section.auth else ()))
                at = (*at, place) if isinstance(written, list) else at
                self.report.add(at, f"no user has the role '{role}'", suggestion(role, roles))

    def _refusal(self, section: RefuseSection, rules: RuleLoader, where: Where, names: Names) -> Refusal:
        if isinstance(section.status, str) and "${" not in section.status:
            self.report.add((*where, "status"), "should be a number or an expression", 'e.g. 503, or "${…}"')
        if section.redirects and "location" not in map(str.lower, section.headers):
            self.report.add((*where, "status"), "leads elsewhere and does not say where", "headers: {Location: /login}")
        return Refusal(
            rules.when(section.when, where, names),
            self.loading.formula(section.status, (*where, "status"), names),
            self.loading.formula(section.message, (*where, "message"), names),
            load_headers(self.loading, (*where, "headers"), section.headers, names),
            section.retry_after,
        )

    def _beat(self, section: ChannelSection, rules: RuleLoader, where: Where, names: Names) -> Rule | None:
        beat = section.heartbeat
        if not isinstance(beat, HeartbeatSection):
            return None
        said = {name: getattr(beat, name) for name in ("send", "text") if name in beat.model_fields_set}
        if len(said) != 1:
            self.report.add(where, "should say one thing", "send: {…}, or text: …; a plain duration says nothing")
            return None
        return rules.rule(RuleSection.model_construct(**said), where, names)

    def _pushes(self, section: ChannelSection, where: Where) -> Iterator[tuple[int, PushSection, Where]]:
        for place, push in enumerate(section.push):
            yield place, push, (*where, "push", place)

    def _on_change(
        self, section: ChannelSection, rules: RuleLoader, where: Where, names: Names
    ) -> Iterator[ChangePush]:
        for _, push, at in self._pushes(section, where):
            changes = push.changes
            if (changes is None) == (push.every is None):
                self.report.add(at, "should be for a change or by a timer", "add change: resource, or every: 10s")
            if changes is None:
                continue
            for name in ("after", "times"):
                if name in push.model_fields_set:
                    self.report.add((*at, name), f"'{name}' says nothing without 'every'", key=True)
            found = [self.loading.resource(one, on) for one, on in _resources(push, changes, (*at, "change"))]
            known = [one for one in found if one is not None]
            row: Meaning = known[0] if len(known) == 1 else ANY
            rule = rules.rule(push, at, names.plus({"row": row, "old": row, "event": _EVENT}))
            yield ChangePush({one.name: changes.actions for one in known}, rule)

    def _on_timer(self, section: ChannelSection, rules: RuleLoader, where: Where, names: Names) -> Iterator[TimerPush]:
        for place, push, at in self._pushes(section, where):
            if push.every is not None and push.change is None:
                rule = rules.rule(push, at, names.plus({"tick": _NUMBER}))
                yield TimerPush(place, push.every, push.after or push.every, push.times, rule)


def _resources(push: PushSection, changes: ChangeSection, where: Where) -> Iterator[tuple[str, Where]]:
    """The resources that a push is about, each with its place."""
    at = (*where, "resource") if push.change is changes else where
    for place, name in enumerate(changes.resources):
        yield name, (*at, place) if isinstance(changes.resource, list) else at


def _memory(section: ChannelSection) -> Meaning:
    """What `state` holds: the names that rules set, as far as they are written out."""
    names: dict[str, Shape] = {}
    for rule in (*section.open, *section.push, *section.receive):
        for name in getattr(rule, "set", None) or {}:
            if "${" in name:
                return ANY
            names[name] = ANY
    return Shape("object", properties=names)


def load_channels(
    definition: CoreDefinition, schema: Schema, convention: Styled, claims: Iterable[Claim], report: Report
) -> tuple[Channel, ...]:
    """The channels of a definition; `claims` are the routes taken beside those of resources.

    They may be used only when nothing was noted in the report.
    """
    addresses = addresses_of(definition, convention)
    clashes = Clashes(definition.api, addresses, claims, report)
    return ChannelLoading(definition, schema, addresses, clashes, report).load()
