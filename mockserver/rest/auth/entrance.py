"""Where to log in: what a definition says of it, and for the rest the manner of its convention."""

from collections.abc import Iterable
from typing import Final

from mockserver.conventions.login import LoginManner
from mockserver.conventions.styled import Styled
from mockserver.definitions.manner import ApiSection
from mockserver.definitions.pattern import RoutePattern, parse_pattern
from mockserver.rest.auth.policy import Entrance, Spot
from mockserver.rest.auth.section import AuthSection

_NOWHERE: Final = Spot((), ())
_REFRESH_TTL_S: Final = 14 * 86_400.0


def entrance_of(section: AuthSection, needs: str, convention: Styled, api: ApiSection) -> Entrance:
    """The login of a definition. Where every request carries the password, there is nothing to log in for."""
    manner, login = convention.login, section.login
    own = convention.prefixes(api.version, api.application)
    usual = convention.prefixes(api.version, None) if manner.base is None else (manner.base,)

    def spot(declared: RoutePattern | None, otherwise: Iterable[str]) -> Spot:
        if declared is not None:
            return Spot((declared,), own)
        return Spot(tuple(parse_pattern(text) for text in otherwise), usual)

    issues = needs == "token" and any(user.password is not None for user in section.users.values())
    fields = login.fields
    return Entrance(
        manner,
        login=spot(login.route, manner.login) if issues else _NOWHERE,
        logout=spot(login.logout, manner.logout) if needs == "token" else _NOWHERE,
        refresh=spot(login.refresh, manner.refresh) if issues else _NOWHERE,
        heartbeat=spot(None, manner.heartbeat) if needs == "token" else _NOWHERE,
        me=spot(login.me, manner.me.routes),
        users=manner.users if fields.user is None else (fields.user,),
        passwords=manner.passwords if fields.password is None else (fields.password,),
        ttl_s=manner.ttl_s if login.ttl is None else login.ttl.seconds,
        refresh_ttl_s=_REFRESH_TTL_S if login.refresh_ttl is None else login.refresh_ttl.seconds,
        further=tuple((spot(None, profile.routes), profile) for profile in manner.further),
    )


def cookie_of(section: AuthSection, manner: LoginManner) -> str:
    """The name of the cookie that a token is kept in."""
    return section.cookie or manner.cookie
