"""The way in to one API: gate and endpoints made of a policy and of what changes in a sandbox."""

from collections.abc import Sequence

from mockserver.query.caller import Gate, OpenGate
from mockserver.rest.auth.endpoint import AuthEndpoint, endpoints_of
from mockserver.rest.auth.gate import RuledGate
from mockserver.rest.auth.policy import Policy
from mockserver.rest.auth.recognition import Recognition
from mockserver.rest.auth.session import Sessions
from mockserver.store.store import Store


class Entry:
    """What an API needs to know who is asking; without a policy it is open to everybody."""

    __slots__ = ("endpoints", "gate", "secrets")

    def __init__(self, policy: Policy | None, store: Store, sessions: Sessions) -> None:
        self.gate: Gate = OpenGate()
        self.endpoints: Sequence[AuthEndpoint] = ()
        self.secrets: frozenset[str] = frozenset()
        if policy is not None:
            recognition = Recognition(policy, sessions, store.now)
            self.gate = RuledGate(recognition, store.schema, store.find)
            self.endpoints = endpoints_of(recognition)
            self.secrets = policy.secrets
