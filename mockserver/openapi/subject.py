"""What is described: one API, the data its examples come from, and the parts of its document so far."""

from collections.abc import Mapping

from mockserver.conventions.styled import Styled
from mockserver.definitions.manner import ApiSection
from mockserver.generation.schema import Resource, Schema
from mockserver.openapi.component import Components
from mockserver.openapi.example import Examples
from mockserver.query.naming import Naming
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything that parts of a document are made from; `names` are the resources' type names."""

    api: ApiSection
    convention: Styled
    resources: Schema
    naming: Naming
    names: Mapping[str, str]
    examples: Examples
    components: Components

    @property
    def is_strict(self) -> bool:
        """Whether members that are not declared are refused."""
        return self.api.strict and not self.convention.lenient

    @property
    def is_tagged(self) -> bool:
        """Whether answers carry an `ETag`."""
        return self.api.etag != "off"

    def upserts(self, resource: Resource) -> bool:
        """Whether a PUT may make a document that is not there."""
        own = resource.section.upsert
        return self.api.upsert if own is None else own

    def type_name(self, resource: Resource) -> str:
        """What one document is called."""
        return self.names[resource.name]
