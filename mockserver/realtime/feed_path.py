"""Where the windows of the feed are, and that nothing else is there."""

from collections.abc import Iterable, Iterator
from typing import Final

from mockserver.conventions.styled import Styled
from mockserver.definitions.load import Report, Where
from mockserver.definitions.manner import ApiSection
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.noun import singular
from mockserver.definitions.pattern import Claim, RoutePattern
from mockserver.generation.schema import Schema

_AT: Final = ("api", "feed", "path")
_TAILS: Final = ((), ("sse",), ("ws",))
_HINT: Final = "give the feed another path: api: {feed: {path: /changes}}"


def feed_routes(api: ApiSection) -> tuple[RoutePattern, ...]:
    """The routes of the windows: poll, event stream, WebSocket."""
    steps = tuple(api.feed.path.split("/")[1:])
    return tuple(RoutePattern("GET", (*steps, *tail)) for tail in _TAILS)


def check_feed(
    definition: CoreDefinition, schema: Schema, convention: Styled, claims: Iterable[Claim], report: Report
) -> None:
    """Note what stands where a window of the feed is: a resource with all below it, or one of the `claims`."""
    api = definition.api
    is_chosen = "path" in api.feed.model_fields_set
    for said, where in (
        *_resources_at(definition, schema, convention),
        *_claims_at(api, convention.prefixes(api.version, api.application), claims),
    ):
        at, problem = where, f"{said} stands where the feed of changes is (api.feed.path: {api.feed.path})"
        report.add(_AT if is_chosen else at, problem, _HINT, key=not is_chosen)


def _resources_at(definition: CoreDefinition, schema: Schema, convention: Styled) -> Iterator[tuple[str, Where]]:
    """The resources whose paths the feed's are among: below a collection any step may be an id."""
    api = definition.api
    paths = [
        (*prefix.split("/")[1:], *api.feed.path.split("/")[1:])
        for prefix in convention.prefixes(api.version, api.application)
    ]
    for name, resource in schema.resources.items():
        for prefix in convention.prefixes(api.version, resource.section.application or api.application):
            steps = tuple(prefix.split("/")[1:])
            names = [path[len(steps)] for path in paths if path[: len(steps)] == steps and len(path) > len(steps)]
            if any(_is_called(name, one, convention) for one in names):
                yield f"the resource '{name}'", ("resources", name)
                break


def _is_called(name: str, step: str, convention: Styled) -> bool:
    """Whether a step of a path means a resource."""
    return step == name or (convention.takes_singular and step.lower() in (name, singular(name)))


def _claims_at(api: ApiSection, prefixes: Iterable[str], claims: Iterable[Claim]) -> Iterator[tuple[str, Where]]:
    """What has the very route of a window."""
    own = [(route, prefix) for route in feed_routes(api) for prefix in prefixes]
    for claim in claims:
        if any(claim.route.takes(route.method) and claim.is_at(route.steps, prefix) for route, prefix in own):
            yield claim.said, claim.where
