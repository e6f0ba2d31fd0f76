"""`jwt`: a bearer token that says itself who it is, signed so that any decoder can check it. *Source* RFC 7519."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from jwt import PyJWS
from jwt.algorithms import HMACAlgorithm
from jwt.exceptions import InvalidTokenError

from mockserver.messages import Json
from mockserver.rest.auth.scheme import (
    Options,
    Scheme,
    Unsealed,
    bearer_challenge,
    read_bearer,
    schemes,
    show_bearer,
)  # fmt: skip

_HASHES: Final = {"HS256": HMACAlgorithm.SHA256, "HS384": HMACAlgorithm.SHA384, "HS512": HMACAlgorithm.SHA512}


class _AnyLength(HMACAlgorithm):
    """HMAC with keys as short as a definition likes: it is a mock, and a warning would be nobody's to act on."""

    def check_key_length(self, key: bytes) -> str | None:
        del key
        return None


@schemes.register("jwt")
def make(options: Options) -> Scheme:
    """The scheme of a definition."""
    # One algorithm and no other, whatever a token says about itself; `none` is not one.
    signing = PyJWS(algorithms=[])
    signing.register_algorithm(options.algorithm, _AnyLength(_HASHES[options.algorithm]))

    def seal(claims: Mapping[str, Json]) -> str:
        return signing.encode(orjson.dumps(dict(claims)), options.secret, options.algorithm)

    def unseal(text: str) -> Mapping[str, Any]:
        try:
            claims = orjson.loads(signing.decode(text, options.secret, algorithms=[options.algorithm]))
        except (InvalidTokenError, ValueError, RecursionError):
            raise Unsealed from None
        if not isinstance(claims, dict):
            raise Unsealed
        return claims

    challenge = bearer_challenge(options.realm)
    takes = ("secret", "algorithm")
    described = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    return Scheme(
        "token", read_bearer, challenge, show_bearer, seal=seal, unseal=unseal, takes=takes, described=described
    )
