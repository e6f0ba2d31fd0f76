"""Who may use an operation, by the rules of a definition: schemes, requirements, and what refusals there are."""

from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.errors import Forbidden, Problem, Unauthenticated
from mockserver.openapi.component import Schema
from mockserver.openapi.path import Path
from mockserver.rest.auth.policy import Policy
from mockserver.rest.auth.rule import SOME_ID, Ask, Ruling, works_of
from mockserver.value import dataclass

_LOGIN: Final = "login"
_SIGNATURE: Final = "signature"


@dataclass(frozen=True, slots=True)
class Security:
    """What the rules say of operations; without a policy they are everybody's."""

    policy: Policy | None

    def schemes(self) -> dict[str, Schema]:
        """The ways to say who is asking, by name."""
        if self.policy is None:
            return {}
        found: dict[str, Schema] = {_LOGIN: dict(self.policy.scheme.described)}
        for name in self.policy.entrance.manner.signature or ():
            found[f"{_SIGNATURE}-{name}"] = {"type": "apiKey", "in": "header", "name": name}
        return found

    def of_path(self, path: Path, method: str) -> tuple[Schema, list[type[Problem]]]:
        """What an operation of a resource says about it, and the problems that follow."""
        own, nested = _steps(path)
        asked: list[Ask] = [(method, nested), (method, own)] if nested != own else [(method, own)]
        return self.of(asked, tuple(works_of(path.resource, method, own)))

    def of(self, asked: Sequence[Ask], works: Sequence[Ask] = ()) -> tuple[Schema, list[type[Problem]]]:
        """The same for any operation, by the ways its path may be spelled."""
        if self.policy is None:
            return {}, []
        ruling = self.policy.rules.ruling(asked, works)
        found: list[Schema] = [{_LOGIN: []}]
        if self.policy.entrance.manner.signature is not None:
            found.append({f"{_SIGNATURE}-{name}": [] for name in self.policy.entrance.manner.signature})
        return {"security": [{}, *found] if ruling.is_public else found}, list(self._problems(ruling))

    def _problems(self, ruling: Ruling) -> Iterator[type[Problem]]:
        if not ruling.is_public:
            yield Unauthenticated
        if ruling.has_roles or self._filters():
            yield Forbidden

    def _filters(self) -> bool:
        """Whether rows are hidden from anybody: a write may make one that its writer would not see."""
        return self.policy is not None and any(rule.where is not None for rule in self.policy.rules.rules)


def _steps(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The path below the prefix, flat and nested, with any id in the place of each."""
    own = path.resource.name
    end = tuple(step for step in (path.route.text and SOME_ID, *path.tail()) if step)
    above = tuple(step for resource in path.chain[:-1] for step in (resource.name, SOME_ID))
    return (own, *end), (*above, own, *end)
