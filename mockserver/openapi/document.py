"""The OpenAPI 3.1 document of an API. *Source* https://spec.openapis.org/oas/v3.1.1"""

from mockserver.definitions.model import CoreDefinition
from mockserver.openapi.component import Components, Schema, type_names
from mockserver.openapi.example import Examples
from mockserver.openapi.identifier import Identifiers
from mockserver.openapi.model import Models
from mockserver.openapi.operation import Operations
from mockserver.openapi.parameter import Parameters
from mockserver.openapi.path import list_paths
from mockserver.openapi.response import Responses
from mockserver.openapi.subject import Subject
from mockserver.rest.api import RestApi
from mockserver.store.store import Store


def describe(definition: CoreDefinition, api: RestApi, store: Store, origin: str) -> Schema:
    """The document; its examples are what the store holds now, `origin` is where the API is served."""
    operations = _operations(definition, api, store)
    components = operations.subject.components
    paths = {path.template: operations.item(path) for path in list_paths(api.router, store.schema, api.naming)}
    return {
        "openapi": "3.1.0",
        "info": _info(definition, api),
        "servers": [{"url": origin}],
        "tags": [_tag(name, resource.section.describe) for name, resource in store.schema.resources.items()],
        "paths": paths,
        "components": {kind: dict(sorted(parts.items())) for kind, parts in sorted(components.found.items())},
    }


def _operations(definition: CoreDefinition, api: RestApi, store: Store) -> Operations:
    names, examples = type_names(store.schema.resources), Examples(store, api.naming)
    subject = Subject(definition.api, api.convention, store.schema, api.naming, names, examples, Components())
    return Operations(subject, Models(subject), Parameters(subject), Responses(subject), Identifiers(names))


def _info(definition: CoreDefinition, api: RestApi) -> Schema:
    said = definition.describe or f"{definition.name}, mocked."
    manner = f"{said.rstrip('.')}. Answers are written in the manner of `{api.convention.name}`."
    return {"title": definition.name, "version": definition.api.version or "1", "description": manner}


def _tag(name: str, said: str | None) -> Schema:
    return {"name": name, "description": said} if said else {"name": name}
