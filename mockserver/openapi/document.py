"""The OpenAPI 3.1 document of an API. *Source* https://spec.openapis.org/oas/v3.1.1"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.definitions.model import CoreDefinition
from mockserver.openapi.component import Components, Schema, type_names, used
from mockserver.openapi.example import Examples
from mockserver.openapi.extra import Extras, Operation
from mockserver.openapi.identifier import Identifiers
from mockserver.openapi.model import Models
from mockserver.openapi.operation import Operations
from mockserver.openapi.parameter import Parameters
from mockserver.openapi.path import Path, list_paths
from mockserver.openapi.response import Responses
from mockserver.openapi.security import Security
from mockserver.openapi.service import Services, collections_of
from mockserver.openapi.subject import Subject
from mockserver.rest.api import RestApi
from mockserver.rest.auth.policy import Policy
from mockserver.store.store import Store


def describe(definition: CoreDefinition, api: RestApi, store: Store, policy: Policy | None, origin: str) -> Schema:
    """The document; its examples are what the store holds now, `origin` is where the API is served."""
    operations = _operations(definition, api, store, Security(policy))
    paths = {path.template: operations.item(path) for path in list_paths(api.router, store.schema, api.naming)}
    extras = Extras(
        operations.subject, operations.parameters, operations.responses, operations.ids, operations.security
    )
    own = collections_of(list_paths(api.router, store.schema, api.naming))
    for operation in Services(operations).all(api.router.aliases(), own):
        _add(paths, operation)
    singular = _singular(api, store, operations)
    for operation in extras.all(api.endpoints.all):
        if operation.template in singular and operation.template not in paths:
            paths[operation.template] = operations.item(singular[operation.template])
        _add(paths, operation)
    schemes = operations.security.schemes()
    return {
        "openapi": "3.1.0",
        "info": _info(definition, api),
        "servers": [{"url": origin}],
        # What says nothing of it is everybody's.
        "security": [],
        "tags": list(_tags(paths, {name: one.section.describe for name, one in store.schema.resources.items()})),
        "paths": paths,
        "components": {
            **used(paths, operations.subject.components.found),
            **({"securitySchemes": schemes} if schemes else {}),
        },
    }


_BESIDE: Final = {
    "actions": "What the definition does beside its resources.",
    "database": "All documents at once.",
    "events": "What changes, as it does.",
    "login": "Who is asking.",
}
"""What operations are about that no resource is."""
_STEP: Final = re.compile(r"\{([^}]*)\}")


def _singular(api: RestApi, store: Store, operations: Operations) -> dict[str, Path]:
    """The collections by the other name they have: an action may be where one of them is found too."""
    if not api.convention.takes_singular:
        return {}
    found = (path.called_singular() for path in list_paths(api.router, store.schema, operations.subject.naming))
    return {path.template: path for path in found}


def _add(paths: dict[str, Schema], operation: Operation) -> None:
    """Put an operation in its place; it is found before a resource's own at the same path."""
    shape = _STEP.sub("{}", operation.template)
    template = next((path for path in paths if _STEP.sub("{}", path) == shape), operation.template)
    names = dict(zip(_STEP.findall(operation.template), _STEP.findall(template), strict=True))
    for parameter in operation.described["parameters"]:
        if parameter.get("in") == "path":
            parameter["name"] = names[parameter["name"]]
    paths.setdefault(template, {})[operation.method.lower()] = operation.described


def _operations(definition: CoreDefinition, api: RestApi, store: Store, security: Security) -> Operations:
    names, examples = type_names(store.schema.resources), Examples(store, api.naming)
    subject = Subject(definition.api, api.convention, store.schema, api.naming, names, examples, Components())
    return Operations(subject, Models(subject), Parameters(subject), Responses(subject), Identifiers(names), security)


def _info(definition: CoreDefinition, api: RestApi) -> Schema:
    said = definition.describe or f"{definition.name}, mocked."
    manner = f"{said.rstrip('.')}. Answers are written in the manner of `{api.convention.name}`."
    tags = "" if definition.api.etag == "off" else " `If-None-Match` and `If-Match` take the `ETag` of an answer;"
    again = " a write with an `Idempotency-Key` may be sent again and is done once."
    described = f"{manner}{tags}{again if tags else again.capitalize()}"
    return {"title": definition.name, "version": definition.api.version or "1", "description": described}


def _tags(paths: dict[str, Schema], resources: Mapping[str, str | None]) -> Iterator[Schema]:
    """What operations are about: the resources, and behind them whatever else there is."""
    for name, said in resources.items():
        yield {"name": name, "description": said or f"The {name.replace('_', ' ')}."}
    operations = (one for item in paths.values() for method, one in item.items() if method != "parameters")
    for name in dict.fromkeys(tag for one in operations for tag in one["tags"]):
        if name not in resources:
            yield {"name": name, "description": _BESIDE.get(name, "Whatever else there is.")}
