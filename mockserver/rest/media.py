"""The files and pictures of documents: what stands at the path of such a field, and what may be put there."""

from typing import Final

from mockserver.conventions.styled import Styled
from mockserver.definitions.model import CoreDefinition
from mockserver.errors import BadRequest, NotFound, PreconditionFailed
from mockserver.generation.picture import MEDIA, draw_picture
from mockserver.generation.schema import ID, Attribute, Schema
from mockserver.generation.upload import DIGEST, Locate, Place, place_below
from mockserver.messages import Document, Outcome, Reply, Request
from mockserver.query.naming import Naming, spell
from mockserver.query.query import Query
from mockserver.rest.actions import Actions
from mockserver.rest.attachment import keep_file
from mockserver.rest.body import check_coding
from mockserver.rest.conditional import State, check_write, entity_tag
from mockserver.rest.content import Content, serve
from mockserver.rest.multipart import filename_of
from mockserver.rest.route import Route
from mockserver.store.content import Contents
from mockserver.value import dataclass

_PICTURE_CACHING: Final = "private, max-age=3600"
"""Somebody may have had to log in for it: browsers may keep it, caches for many may not."""
_FILE_CACHING: Final = "no-cache"


def locating(definition: CoreDefinition, convention: Styled) -> Locate:
    """Where the files and pictures of a definition are."""

    def locate(resource: str, field: str) -> Place:
        section, api = definition.resources[resource], definition.api
        prefix = convention.prefixes(api.version, section.application or api.application)[0]
        return place_below(f"{prefix}/{resource}", spell(field, convention.case), by_id=not section.singleton)

    return locate


def upload_bytes(schema: Schema) -> int:
    """The most bytes of files that one document may hold: one form may carry them all."""
    files = [[one.file for one in resource.attributes.values()] for resource in schema.resources.values()]
    return max((sum(file.max_bytes for file in of_one if file is not None) for of_one in files), default=0)


@dataclass(frozen=True, slots=True)
class Media:
    """The files and pictures of one API."""

    definition: CoreDefinition
    naming: Naming
    contents: Contents

    def read(self, request: Request, actions: Actions, route: Route, attribute: Attribute) -> Reply:
        """What a field holds. *Raises* `NotFound` where it holds nothing, and as `serve`."""
        document = actions.document(route)
        content = self._content(actions, route, attribute, document)
        if content is None:
            raise NotFound(self._missing(route, attribute, document))
        return serve(request, content, f"{route.resource.name}.get {attribute.name}")

    def write(self, request: Request, actions: Actions, route: Route, attribute: Attribute) -> Outcome:
        """A file put in the place of what a field holds, or taken away.

        *Raises* `Problem`, and then has changed nothing.
        """
        document = actions.document(route)
        content = self._content(actions, route, attribute, document)
        if content is not None:
            check_write(request, content.state, self.definition.api.etag)
        elif "if-match" in request.headers:
            raise PreconditionFailed("If-Match names a file, and there is none yet.")
        elif request.method == "DELETE":
            raise NotFound(self._missing(route, attribute, document))
        value = None if request.method == "DELETE" else self._received(request, attribute)
        body: Document = {self.naming.wire(attribute.name): value}
        outcome = actions.update(route._replace(content=None), body, Query())
        return outcome if value is not None else outcome._replace(done="deleted")

    def _received(self, request: Request, attribute: Attribute) -> Document:
        check_coding(request)
        if "content-range" in request.headers:
            # A part taken for the whole would lose the rest (RFC 9110 §14.5).
            raise BadRequest("A part of a file can't be put: send the whole, without Content-Range.")
        name = filename_of(request.headers.get("content-disposition", ""))
        return keep_file(attribute, name, request.headers.get("content-type", ""), request.body, self.contents)

    def _content(self, actions: Actions, route: Route, attribute: Attribute, document: Document) -> Content | None:
        modified = actions.modified(route.resource, document)
        caching = route.resource.section.cache_control
        if attribute.picture is not None:
            drawn = draw_picture(self.definition.seed, route.resource, attribute.name, attribute.picture, document)
            name = f"{attribute.name}-{document[ID]}.svg"
            return Content(drawn, MEDIA, name, State(entity_tag(drawn), modified), caching or _PICTURE_CACHING)
        held = document.get(attribute.name)
        body = self.contents.get(str(held.get(DIGEST))) if isinstance(held, dict) else None
        if body is None or not isinstance(held, dict):
            return None
        media = str(held["type"])
        # The bytes alone are not the representation: under another type they are another one.
        tag = entity_tag(f"{media} {held[DIGEST]}".encode())
        return Content(body, media, str(held["name"]), State(tag, modified), caching or _FILE_CACHING)

    def _missing(self, route: Route, attribute: Attribute, document: Document) -> str:
        return f"The {route.resource.singular()} {document[ID]} has no {self.naming.wire(attribute.name)}."
