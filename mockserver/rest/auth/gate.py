"""Lets requests in by the rules of a definition, and says which rows there are for whom."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from mockserver.errors import Forbidden, Unauthenticated
from mockserver.generation.schema import Schema
from mockserver.generation.scope import Find, RowScope
from mockserver.messages import Document, Request
from mockserver.query.caller import Caller, User
from mockserver.query.view import Eyes, sees_all
from mockserver.rest.auth.recognition import Recognition
from mockserver.rest.auth.rule import SOME_ID, Ruling, Steps, works_of
from mockserver.rest.auth.where import Where, as_seen
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class _Sight:
    """What somebody may read of one resource: nothing, or the rows for which every filter holds."""

    is_open: bool
    filters: tuple[Where, ...]


class RuledGate:
    """The gate of one definition over the data of one sandbox."""

    __slots__ = ("_find", "_recognition", "_ruling", "_schema", "_sights")

    def __init__(self, recognition: Recognition, schema: Schema, find: Find) -> None:
        # What is asked is asked again.
        self._ruling = lru_cache(maxsize=_MOST_RULINGS)(recognition.policy.rules.ruling)
        self._recognition = recognition
        self._schema = schema
        self._find = find
        self._sights: dict[frozenset[str] | None, Mapping[str, _Sight]] = {}

    @property
    def headers(self) -> Sequence[str]:
        """Those that credentials stand in."""
        return self._recognition.policy.headers

    @property
    def stamp(self) -> object:
        """This gate, how often somebody has logged in or out, and who stands in for those who say nothing."""
        return self, self._recognition.sessions.changes, self._recognition.stand_in()

    def admit(self, request: Request, paths: Iterable[Steps]) -> Caller:
        """Who is asking, and what they see. *Raises* `Unauthenticated`, `Forbidden`.

        On a public route wrong credentials are as none: a page with an old cookie is still a visitor's.
        """
        asked = tuple([(request.method, steps) for steps in paths])
        flat = asked[-1][1]
        resource = self._schema.resources.get(_first(flat))
        works = () if resource is None else tuple(works_of(resource, request.method, flat))
        ruling = self._ruling(asked, works)
        user = self._recognise(request, ruling)
        if user is None and not ruling.is_public:
            raise self._recognition.refusal()
        if user is not None and not ruling.permits(user.roles):
            raise Forbidden(f"You may not do this ({ruling.rule(user.roles)}).")
        return Caller(user, self._sees(user, ruling, _first(flat)))

    def visitor(self) -> Caller:
        """Somebody who is not logged in: they see what is public."""
        return Caller(None, self._eyes(self._sights_of(None), None))

    def identify(self, request: Request) -> Caller:
        """Who is asking, and what they see of anything. *Raises* `Unauthenticated`."""
        user = self._recognition.recognise(request)
        if user is None:
            raise self._recognition.refusal()
        return Caller(user, self._eyes(self._sights_of(frozenset(user.roles)), user))

    def is_timeless(self, request: Request) -> bool:
        """Whether a request says nothing of its sender that may expire."""
        return self._recognition.is_timeless(request)

    def _recognise(self, request: Request, ruling: Ruling) -> User | None:
        try:
            return self._recognition.recognise(request)
        except Unauthenticated:
            if not ruling.is_public:
                raise
            return None

    def _sees(self, user: User | None, ruling: Ruling, resource: str) -> Eyes:
        roles = None if user is None else frozenset(user.roles)
        sights = self._sights_of(roles)
        if resource in sights:
            # Who may use the route may see its rows, as far as the filters let them.
            filters = dict.fromkeys((*ruling.filters(resource, roles), *sights[resource].filters))
            sights = {**sights, resource: _Sight(is_open=True, filters=tuple(filters))}
        return self._eyes(sights, user)

    def _eyes(self, sights: Mapping[str, _Sight], user: User | None) -> Eyes:
        if all(sight.is_open and not sight.filters for sight in sights.values()):
            return sees_all
        return _Eyes(self._schema, self._find, sights, as_seen(user, self._recognition.policy.claims))

    def _sights_of(self, roles: frozenset[str] | None) -> Mapping[str, _Sight]:
        """What there is to read of every resource for somebody with these roles, or for nobody."""
        if roles not in self._sights:
            if len(self._sights) >= _MOST_SIGHTS:
                self._sights.clear()
            self._sights[roles] = {name: self._sight(name, roles) for name in self._schema.resources}
        return self._sights[roles]

    def _sight(self, resource: str, roles: frozenset[str] | None) -> _Sight:
        rulings = [self._ruling((("GET", steps),)) for steps in ((resource,), (resource, SOME_ID))]
        filters = dict.fromkeys(one for ruling in rulings for one in ruling.filters(resource, roles))
        return _Sight(any(ruling.permits(roles) for ruling in rulings), tuple(filters))


def _first(steps: Steps) -> str:
    """The step that may name a resource, empty where an endpoint stands at the prefix itself."""
    return steps[0] if steps else ""


_MOST_RULINGS: Final = 1024
_MOST_SIGHTS: Final = 256
"""Roles may come with sealed tokens, in any combination."""


class _Eyes:
    """A user's view of all rows."""

    __slots__ = ("_find", "_schema", "_sights", "_user")

    def __init__(
        self, schema: Schema, find: Find, sights: Mapping[str, _Sight], user: Mapping[str, Any] | None
    ) -> None:
        self._schema = schema
        self._find = find
        self._sights = sights
        self._user = user

    def __call__(self, resource: str, document: Document, find: Find | None = None, /) -> bool:
        sight = self._sights[resource]
        if not sight.is_open:
            return False
        row = RowScope(self._schema, self._schema[resource], document, find or self._find)
        return all(one.holds(row, self._user) for one in sight.filters)
