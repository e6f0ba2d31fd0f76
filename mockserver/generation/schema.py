"""The resources of a definition, ready to work with: attributes with their rules, and the relations between them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from mockserver.definitions.expression import Expression, Template
from mockserver.definitions.field import MAX_INTEGER, FieldRules, OnDelete
from mockserver.definitions.model import MAX_FILE_ROWS, MAX_ROWS, Deletion, ResourceSection
from mockserver.definitions.noun import singular
from mockserver.generation.rules import Flaw, RuleCheck
from mockserver.generation.shape import Shape
from mockserver.generation.upload import Place, Size, Upload
from mockserver.messages import Document, Json, Key
from mockserver.value import dataclass

ID = "id"
"""The field a document is known by within its collection."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that holds the id of another resource's row, or several ids when `many`."""

    target: str
    many: bool
    on_delete: OnDelete


@dataclass(frozen=True, slots=True)
class Attribute:
    """One field: shape, rules, what is inside it, and what fills it at a write.

    A `file` holds what is known of an upload; a `picture` is drawn by the server, and its value is the URL. `place` is
    where the bytes of either are.
    """

    name: str
    shape: Shape
    rules: FieldRules
    check: RuleCheck
    properties: Mapping[str, "Attribute"] = field(default_factory=dict)
    item: "Attribute | None" = None
    reference: Reference | None = None
    computed: Expression | None = None
    file: Upload | None = None
    picture: Size | None = None
    place: Place | None = None
    default: Template | None = None
    on_update: Template | None = None

    @property
    def is_writable(self) -> bool:
        """Whether a client's value for this field is taken at all."""
        return not self.rules.read_only and self.computed is None

    def partial(self) -> "Attribute":
        """The field as a merge patch may speak of it: nothing inside of it has to be there."""
        inside = {name: one.partial() for name, one in self.properties.items()}
        rules = self.rules.model_copy(update={"required": False})
        return replace(self, rules=rules, properties=inside)

    def whole(self, value: Json) -> Json:
        """The value with `5.0` as `5` wherever integers are declared: JSON knows no difference (RFC 8259 §6)."""
        if isinstance(value, str):
            return value
        if isinstance(value, float) and self.shape.type == "integer":
            return int(value) if value.is_integer() and abs(value) <= MAX_INTEGER else value
        if isinstance(value, list) and self.item is not None:
            return [self.item.whole(inner) for inner in value]
        if isinstance(value, dict) and self.properties:
            inside = self.properties
            return {name: inside[name].whole(inner) if name in inside else inner for name, inner in value.items()}
        return value

    def flaws(self, value: Json, *, strict: bool = True) -> Iterator[Flaw]:
        """What is wrong with a value, at any depth; `strict` refuses properties that are not declared."""
        if value is None:
            if not self.rules.accepts_null:
                yield Flaw((), "must not be null")
            return
        found = self.check.flaws(value)
        yield from found
        if found:
            return
        if isinstance(value, dict) and self.properties:
            yield from self._object_flaws(value, strict=strict)
        elif isinstance(value, list) and self.item is not None:
            for place, inner in enumerate(value):
                if inner is None and not self.item.rules.nullable:
                    yield Flaw((place,), "must not be null")
                    continue
                for flaw in self.item.flaws(inner, strict=strict):
                    yield Flaw((place, *flaw.where), flaw.detail)

    def _object_flaws(self, value: dict[str, Json], *, strict: bool) -> Iterator[Flaw]:
        for name, attribute in self.properties.items():
            if name in value:
                for flaw in attribute.flaws(value[name], strict=strict):
                    yield Flaw((name, *flaw.where), flaw.detail)
            elif attribute.rules.required:
                yield Flaw((name,), "is required")
        for name in value:
            if strict and name not in self.properties:
                yield Flaw((name,), f"is not a field of {self.name}")


@dataclass(frozen=True, slots=True)
class Relation:
    """One child resource's reference to a parent: `name` is the parent's place in an embedded child (`zoo`)."""

    name: str
    field: str
    child: str
    parent: str
    many: bool
    on_delete: OnDelete


@dataclass(frozen=True, slots=True)
class Resource:
    """One declared kind of document."""

    name: str
    section: ResourceSection
    attributes: Mapping[str, Attribute]
    parents: Mapping[str, Relation]
    """The relations to parents, by the name an expanded document stands under."""
    children: Mapping[str, Relation]
    """The relations from children, by the child's resource name: the `leading` reference of each."""
    lenient: bool = False
    """Whether documents may hold anything: values of any type, members that are not declared, references to nothing."""
    most_rows: int = MAX_ROWS
    """How many documents there may be."""
    # What every request would otherwise go through the fields for.
    hidden: frozenset[str] = field(init=False)
    """The fields that are only ever written."""
    writable: frozenset[str] = field(init=False)
    """The fields that a client's value is taken for."""
    unique: tuple[str, ...] = field(init=False)
    """The fields beside the id that no two documents may have the same value in."""
    immutable: tuple[str, ...] = field(init=False)
    """The fields that never change."""
    stamped: tuple[str, ...] = field(init=False)
    """The fields that every write sets."""
    has_files: bool = field(init=False)
    """Whether documents hold files."""

    def __post_init__(self) -> None:
        fields = self.attributes.items()
        worked_out = {
            "hidden": frozenset(name for name, one in fields if one.rules.write_only),
            "writable": frozenset(name for name, one in fields if one.is_writable),
            "unique": tuple(name for name, one in fields if one.rules.unique and name != ID),
            "immutable": tuple(name for name, one in fields if one.rules.immutable),
            "stamped": tuple(name for name, one in fields if one.on_update is not None),
            "has_files": any(one.file is not None for _, one in fields),
        }
        for name, value in worked_out.items():
            object.__setattr__(self, name, value)

    @property
    def id(self) -> Attribute:
        """The attribute a document is known by."""
        return self.attributes[ID]

    @property
    def is_singleton(self) -> bool:
        """Whether there is one document, reached without an id."""
        return self.section.singleton

    @property
    def delete(self) -> Deletion:
        """What remains of a deleted document."""
        return self.section.delete

    def key_from(self, text: str) -> Key | None:
        """An id as it stands in a path or query, in the declared type; nothing when it can't be one."""
        kind = self.attributes[ID].shape.type
        if kind == "uuid":
            return text.lower()
        if kind != "integer":
            return text
        if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 17:
            return text if self.lenient else None
        return int(text)

    def singular(self) -> str:
        """The name of one document in messages: `animal_types` → `animal type`."""
        return singular(self.name).replace("_", " ")

    def one(self) -> str:
        """One document with its article: `an animal`."""
        name = self.singular()
        return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


@dataclass(frozen=True, slots=True)
class Schema:
    """All resources, in the order they are declared; `referring` are the relations to a resource, all of them."""

    resources: Mapping[str, Resource]
    referring: Mapping[str, tuple[Relation, ...]]

    def __getitem__(self, name: str) -> Resource:
        return self.resources[name]

    def loosened(self) -> "Schema":
        """The schema with documents that may hold anything."""
        return replace(self, resources={name: replace(one, lenient=True) for name, one in self.resources.items()})

    def filled(self, names: Collection[str]) -> "Schema":
        """The schema where the rows of these resources are brought by a file, and may be as many as one brings."""
        filled = {name: replace(one, most_rows=MAX_FILE_ROWS) for name, one in self.resources.items() if name in names}
        return replace(self, resources={**self.resources, **filled})


def leading(relations: Iterable[Relation]) -> Relation | None:
    """The one of a child's references to one parent that makes it its child: named after it, else first by name.

    The order of fields does not matter, so that moving one changes neither data nor routes.
    """
    return min(relations, key=lambda one: (one.name != singular(one.parent), one.many, one.field), default=None)


def counted_by(resource: Resource, parent: str) -> str:
    """The reference that rows counted per parent are made for, empty where there is none."""
    found = leading(one for one in resource.parents.values() if one.parent == parent and not one.many)
    return "" if found is None else found.field


def relation_name(field: str, *, many: bool) -> str:
    """What a reference's target is called beside it: `zoo_id` and `zooId` → `zoo`, `tag_ids` → `tags`."""
    for ending in ("_ids", "Ids") if many else ("_id", "Id"):
        if field.endswith(ending) and len(field) > len(ending):
            stem = field[: -len(ending)]
            return f"{stem}s" if many else stem
    return field


def named(document: Document, name: str) -> Any:
    """A dotted way into a document (`chip.code`): a list where it goes through one, nothing where it leads nowhere."""
    value: Any = document
    for step in name.split("."):
        if isinstance(value, list):
            value = [inner[step] for inner in value if isinstance(inner, dict) and step in inner]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return None
    return value
