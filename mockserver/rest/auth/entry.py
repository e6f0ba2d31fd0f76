"""The way in to one API: gate and endpoints made of a policy and of what changes in a sandbox."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mockserver.messages import Request
from mockserver.query.caller import Gate, OpenGate
from mockserver.rest.auth.session import Sessions
from mockserver.rest.endpoint import Endpoint
from mockserver.store.store import Store

if TYPE_CHECKING:
    from mockserver.rest.auth.endpoint import AuthEndpoint
    from mockserver.rest.auth.policy import Policy


class Entry:
    """What an API needs to know who is asking; without a policy it is open to everybody.

    `stand_in` is the user that sends whatever comes without credentials, empty for nobody.
    """

    __slots__ = ("endpoints", "gate", "secrets", "shown")

    def __init__(
        self, policy: "Policy | None", store: Store, sessions: Sessions, stand_in: Callable[[], str] = str
    ) -> None:
        self.gate: Gate = OpenGate()
        self.endpoints: Sequence[AuthEndpoint] = ()
        self.secrets: frozenset[str] = frozenset()
        self.shown: Callable[[Request], Sequence[str]] | None = None
        """What a request says of who sent it; nothing where nobody is asked."""
        if policy is not None:
            from mockserver.rest.auth.endpoint import endpoints_of  # noqa: PLC0415 - nobody has to log in without one
            from mockserver.rest.auth.gate import RuledGate  # noqa: PLC0415
            from mockserver.rest.auth.recognition import Recognition  # noqa: PLC0415

            recognition = Recognition(policy, sessions, store.now, stand_in)
            self.gate = RuledGate(recognition, store.schema, store.find)
            self.endpoints = endpoints_of(recognition)
            self.secrets = policy.secrets
            self.shown = recognition.shown

    def is_login(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint is for logging in, or for going on with a login."""
        return any(one is endpoint and one.is_login for one in self.endpoints)
