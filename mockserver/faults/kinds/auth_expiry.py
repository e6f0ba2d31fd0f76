"""`auth_expiry: true`: logins that are good no longer, until somebody logs in anew."""

from functools import partial
from typing import Annotated, ClassVar, Final

from pydantic import Field, Tag, model_validator

from mockserver.definitions.field import Model
from mockserver.definitions.quantity import write_duration
from mockserver.definitions.union import one_of_shapes, problem
from mockserver.errors import Unauthenticated
from mockserver.faults.course import Course, Finish
from mockserver.faults.credential import Life, Logins
from mockserver.faults.draw import Draw
from mockserver.faults.kind import POSSIBLE, Kind, kinds
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.faults.parameter import On, Pause
from mockserver.realtime.close_code import UNAUTHENTICATED

_KEY: Final = "auth_expiry"
_WORDS: Final = "The login has expired"
_CHALLENGE: Final = f'Bearer error="invalid_token", error_description="{_WORDS}"'


class Lifetime(Model):
    """What credentials are good for, from when they are first seen: a time, or a number of requests."""

    after: Pause | None = None
    """How long credentials are good."""
    requests: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """For how many requests."""

    @model_validator(mode="after")
    def _check_something(self) -> "Lifetime":
        if self.after is None and self.requests is None:
            raise problem("should have 'after' or 'requests'", "or true, for all that are in use")
        return self


@kinds.register("auth_expiry")
class AuthExpiry(Kind):
    """Answers 401 to credentials that are over: with `true` all that are in use, else those used for long enough.

    Logging in, or refreshing a login, is always possible, and what it hands out is good, for as long again. Sockets are
    closed with 4401. Where an API knows no users, whoever shows no credentials is over too.
    """

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"request", "connection"})
    order: ClassVar[int] = 10
    examples: ClassVar[tuple[str, ...]] = (
        "{match: [ANY *, WS *], auth_expiry: true}",
        "{match: ANY *, auth_expiry: {after: 30s}}",
        "{match: ANY *, auth_expiry: {requests: 5}}",
    )

    auth_expiry: Annotated[
        Annotated[On, Tag("boolean")] | Annotated[Lifetime, Tag("mapping")],
        one_of_shapes("should be true, {after: 30s} or {requests: 5}"),
        Field(description="`true`, `{after: 30s}` or `{requests: 5}`"),
    ]

    def scopes_on(self, transport: Transport) -> frozenset[Scope]:
        """Plain requests and open WebSockets: an event stream has no words for it once it stands."""
        return frozenset() if transport == "sse" else self.scopes & POSSIBLE[transport]

    @property
    def lifetime(self) -> Lifetime | None:
        """What credentials are good for; nothing at all where none is said."""
        return self.auth_expiry if isinstance(self.auth_expiry, Lifetime) else None

    def say(self) -> str:
        lifetime = self.lifetime
        if lifetime is None:
            return "answered 401 until somebody logs in anew"
        ends = [] if lifetime.after is None else [f"{write_duration(lifetime.after.seconds)} after it was first used"]
        ends += [] if lifetime.requests is None else [f"after {lifetime.requests} requests"]
        return f"answered 401 once the login is over, {' or '.join(ends)}"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del draw
        logins = memory.setdefault(_KEY, Logins())
        assert isinstance(logins, Logins)  # noqa: S101 - nobody else has this key
        if occasion.is_login():
            course.rewrite(partial(logins.learn, course.at_s))
            course.let_pass()
            return
        shown = _shown(occasion)
        lives = [self._seen(logins, one, occasion, course.at_s) for one in shown]
        if any(not self._is_over(life, course.at_s) for life in lives) or not lives:
            self._pass(course, lives)
        else:
            logins.ended.add(occasion.user())
            self._refuse(course)

    def _seen(self, logins: Logins, credential: str, occasion: Occasion, now_s: float) -> Life:
        life = logins.lives.get(credential)
        if life is None:
            is_old = self.lifetime is None and occasion.user() not in logins.ended
            life = Life(now_s, is_over=is_old)
            logins.keep(credential, life)
        life.requests += 1
        return life

    def _is_over(self, life: Life, now_s: float) -> bool:
        lifetime = self.lifetime
        if lifetime is not None and lifetime.after is not None:
            life.is_over |= now_s - life.since_s >= lifetime.after.seconds
        if lifetime is not None and lifetime.requests is not None:
            life.is_over |= life.requests > lifetime.requests
        return life.is_over

    def _pass(self, course: Course, lives: list[Life]) -> None:
        """Let it through; a socket only for as long as its login lasts."""
        lifetime = self.lifetime
        if course.scope != "connection" or lifetime is None or lifetime.after is None or not lives:
            course.let_pass()
            return
        course.after_s += max(life.since_s for life in lives) + lifetime.after.seconds - course.at_s
        course.end(Finish("close", UNAUTHENTICATED, _WORDS))

    def _refuse(self, course: Course) -> None:
        if course.scope == "connection":
            course.end(Finish("close", UNAUTHENTICATED, _WORDS))
        else:
            course.answer(Unauthenticated(f"{_WORDS}: log in again.", headers={"WWW-Authenticate": _CHALLENGE}))


def _shown(occasion: Occasion) -> list[str]:
    """What a request says of who is asking; those who are somebody without saying so have one login in common."""
    if occasion.credentials is None:
        return occasion.request.headers.get("authorization", "").split()[-1:] or [""]
    return list(occasion.credentials()) or ([""] if occasion.user() else [])
