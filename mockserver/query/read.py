"""Query parameters to a `Query`: every value read by its field's declared type, every error by its parameter."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from mockserver.errors import BadRequest, FieldError, suggestion
from mockserver.generation.schema import Resource, Schema
from mockserver.generation.shape import Shape
from mockserver.messages import Key
from mockserver.query.compare import Unreadable, read_value
from mockserver.query.embed import MAX_DEPTH, reaches
from mockserver.query.naming import Naming
from mockserver.query.query import OPERATORS, Condition, Operator, Query, SortKey, Window
from mockserver.query.select import shape_at
from mockserver.query.spelling import PageRules, Role, Spelling

_BRACKETS = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_MANY = 1000
"""How many parameters, and values of one, are read."""


def is_ignored(name: str) -> bool:
    """Whether a parameter is never ours: the cache buster `_`, and everything that begins with two underscores."""
    return name == "_" or name.startswith("__")


def write_cursor(offset: int, last: Key) -> str:
    """The opaque place after the document `last`, which stood just before `offset`."""
    return urlsafe_b64encode(orjson.dumps([offset, last])).decode().rstrip("=")


def read_cursor(text: str) -> tuple[int, Key]:
    """*Raises* `Unreadable` for anything `write_cursor` does not write."""
    try:
        offset, last = orjson.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (ValueError, TypeError):
        raise Unreadable("must be a cursor that an answer gave") from None
    if type(offset) is not int or offset < 0 or type(last) not in (int, str):
        raise Unreadable("must be a cursor that an answer gave")
    return offset, last


@dataclass(slots=True)
class QueryReader:
    """Reads the queries to one resource. *Raises* `BadRequest` naming every parameter that is wrong."""

    schema: Schema
    resource: Resource
    naming: Naming
    spelling: Spelling
    paging: PageRules
    strict: bool
    _roles: Mapping[str, Role] = field(init=False)

    def __post_init__(self) -> None:
        self._roles = self.spelling.roles()

    def read_list(self, parameters: Sequence[tuple[str, str]]) -> Query:
        """The query of a list request."""
        return _Reading(self, self._roles).list_query(parameters)

    def read_item(self, parameters: Sequence[tuple[str, str]]) -> Query:
        """The query of a request for one document: what to show of it."""
        return _Reading(self, self._roles).item_query(parameters)


@dataclass(slots=True)
class _Reading:
    """One query being read."""

    reader: QueryReader
    roles: Mapping[str, Role]
    errors: list[FieldError] = field(default_factory=list)
    given: dict[Role, list[tuple[str, str]]] = field(default_factory=dict)
    filters: dict[tuple[str, Operator], tuple[str, list[str]]] = field(default_factory=dict)

    def fail(self, parameter: str, detail: str) -> None:
        self.errors.append(FieldError(detail, parameter=parameter))

    def finish(self) -> None:
        if self.errors:
            first = self.errors[0]
            more = f" ({len(self.errors) - 1} more)" if len(self.errors) > 1 else ""
            raise BadRequest(f"The parameter '{first.parameter}' {first.detail}.{more}", self.errors)

    def list_query(self, parameters: Sequence[tuple[str, str]]) -> Query:
        self.sort_out(parameters, filters=True)
        search = self.one("search")
        conditions = tuple(
            self.condition(wire, path, operator, values) for (path, operator), (wire, values) in self.filters.items()
        )
        query = Query(conditions, search[1] if search else "", self.order(), self.window(), *self.shown())
        self.finish()
        return query

    def item_query(self, parameters: Sequence[tuple[str, str]]) -> Query:
        self.sort_out(parameters, filters=False)
        fields, embed = self.shown()
        self.finish()
        return Query(fields=fields, embed=embed)

    def sort_out(self, parameters: Sequence[tuple[str, str]], *, filters: bool) -> None:
        """Each parameter to its role or filter; a name that is neither is an error where the API is strict."""
        if len(parameters) > _MANY:
            raise BadRequest(f"A query of more than {_MANY} parameters is not read.")
        for name, value in parameters:
            if "\0" in value or "\0" in name:
                self.fail(name.replace("\0", "\\0"), "holds a NUL character")
                continue
            role = self.roles.get(name.casefold())
            if role is not None:
                self.given.setdefault(role, []).append((name, value))
            elif not is_ignored(name):
                self.take_filter(name, value, filters=filters)

    def take_filter(self, name: str, value: str, *, filters: bool) -> None:
        found = self.filter_of(name)
        if found is not None and filters:
            self.filters.setdefault(found, (name, []))[1].append(value)
        elif self.reader.strict:
            if found is not None:
                self.fail(name, "has no meaning for one document")
            else:
                self.fail(name, self.unknown(name))

    def unknown(self, name: str) -> str:
        fields = [self.reader.naming.wire(known) for known in self.reader.resource.attributes]
        known = [*fields, *(role_name for role_name in self.roles)]
        brackets = _BRACKETS.fullmatch(name)
        if brackets and self.field(brackets[1]) is not None:
            return f"has no operator '{brackets[2].strip('[]')}'; the operators are {', '.join(OPERATORS)}"
        return f"is not known here; {suggestion(brackets[1] if brackets else name, known)}".rstrip("; ")

    def field(self, wire: str) -> str | None:
        found = self.reader.naming.field(self.reader.resource, wire, any_case=self.reader.spelling.any_case)
        if found is None:
            return None
        attribute = self.reader.resource.attributes[found.split(".")[0]]
        return None if attribute.rules.write_only else found

    def filter_of(self, name: str) -> tuple[str, Operator] | None:
        """The field and operator a parameter's name means: `price`, `price[gte]`, `price_gte`, `filter[limit]`."""
        exact = self.field(name)
        if exact is not None:
            return exact, "eq"
        brackets = _BRACKETS.fullmatch(name)
        if brackets is not None:
            inner = brackets[2][1:-1].split("][")
            base, rest = (inner[0], inner[1:]) if brackets[1] == "filter" else (brackets[1], inner)
            path = self.field(base)
            if path is None or len(rest) > 1:
                return None
            return _with_operator(path, rest[0] if rest else "eq")
        base, joint, operator = name.rpartition("_")
        path = self.field(base) if joint else None
        return None if path is None else _with_operator(path, operator)

    def condition(self, wire: str, path: str, operator: Operator, values: list[str]) -> Condition:
        shape = shape_at(self.reader.resource, path)
        texts = self.split(operator, values, shape)
        try:
            if len(texts) > _MANY:
                raise Unreadable(f"has more than {_MANY} values")
            return Condition(path, operator, self.read_values(operator, texts, shape))
        except Unreadable as error:
            self.fail(wire, str(error))
            return Condition(path, "isnull", (True,))

    def split(self, operator: Operator, values: list[str], shape: Shape) -> list[str]:
        """Several values in one text, where a comma can't be part of one."""
        if operator in ("in", "nin", "between") or (operator in ("eq", "ne") and shape.splits_on_comma):
            return [text.strip() for value in values for text in value.split(",")]
        return values

    def read_values(self, operator: Operator, texts: list[str], shape: Shape) -> tuple[object, ...]:
        if len(texts) > 1 and operator in ("gt", "gte", "lt", "lte", "isnull"):
            raise Unreadable("is given more than once")
        if operator == "isnull":
            return (read_value(texts[0], Shape("boolean")),)
        if operator in ("contains", "startswith", "endswith", "like"):
            return tuple(texts)
        if operator == "between" and len(texts) != 2:
            raise Unreadable("must be two values with a comma between them: least,most")
        inner = shape.value
        bare = Shape(inner.type) if operator in ("gt", "gte", "lt", "lte", "between") else inner
        return tuple(read_value(text, bare) for text in texts)

    def one(self, role: Role) -> tuple[str, str] | None:
        """The one parameter of a role; two are an error."""
        found = self.given.get(role, [])
        if len(found) > 1:
            self.fail(found[1][0], "is given twice" if found[0][0] == found[1][0] else f"repeats '{found[0][0]}'")
        return found[0] if found else None

    def number(self, role: Role, least: int, most: int | None) -> tuple[str, int] | None:
        found = self.one(role)
        if found is None:
            return None
        name, text = found
        digits = text.removeprefix("-")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 16:
            self.fail(name, "must be an integer")
            return None
        value = int(text)
        if value < least or (most is not None and value > most):
            self.fail(name, f"must be at least {least}" if value < least else f"must be at most {most}")
            return None
        return name, value

    def window(self) -> Window:
        largest = self.reader.paging.largest
        least = self.reader.spelling.least
        limit = self.number("limit", least, largest)
        size = self.number("size", max(1, least), largest)
        offset = self.number("offset", 0, 2**53)
        page = self.number("page", 1, 2**53)
        if limit is not None and size is not None:
            self.fail(size[0], f"repeats '{limit[0]}'")
        if page is not None and offset is not None:
            self.fail(offset[0], f"can't be combined with '{page[0]}'")
        chosen = size or limit
        length = chosen[1] if chosen else self.reader.paging.default
        if "cursor" in self.given:
            return self.cursor(length, page or offset)
        if page is not None or (size is not None and offset is None):
            # A page's size alone means the first page; a page's number where nothing bounds a page means pages of ten.
            number, length = (page[1] if page else 1), (length or 10)
            return Window((number - 1) * length, length, number)
        return Window(offset[1] if offset else 0, length)

    def cursor(self, length: int | None, other: tuple[str, int] | None) -> Window:
        found = self.one("cursor")
        if other is not None:
            self.fail(other[0], "can't be combined with 'cursor'")
        if found is None or not found[1]:
            return Window(0, length, by_cursor=True)
        try:
            offset, last = read_cursor(found[1])
        except Unreadable as error:
            self.fail(found[0], str(error))
            return Window()
        return Window(offset, length, after=last, by_cursor=True)

    def order(self) -> tuple[SortKey, ...]:
        steps: list[tuple[str, str, bool]] = []
        sort, sortby = self.one("sort"), self.one("sortby")
        sorting, order = self.one("sorting"), self.one("order")
        if sort is not None:
            parts = [part for part in sort[1].split(",") if part]
            steps += [(sort[0], part.lstrip("+-").strip(), part.startswith("-")) for part in parts]
        if sorting is not None:
            steps += [(sorting[0], *self.worded(sorting[0], part)) for part in sorting[1].split(",") if part.strip()]
        if sortby is not None:
            directions = self.directions(order)
            names = [name for name in sortby[1].split(",") if name]
            steps += [
                (sortby[0], name.strip(), directions[min(place, len(directions) - 1)]) for place, name in enumerate(names)
            ]
        elif order is not None and sort is None:
            self.fail(order[0], "needs 'sortby' beside it")
        return tuple(self.sort_key(*step) for step in steps[:20])

    def worded(self, parameter: str, part: str) -> tuple[str, bool]:
        name, _, direction = part.strip().partition(" ")
        if direction.strip().lower() not in ("", "asc", "desc"):
            self.fail(parameter, f"has '{direction.strip()}' where ASC or DESC is meant")
        return name, direction.strip().lower() == "desc"

    def directions(self, order: tuple[str, str] | None) -> list[bool]:
        if order is None:
            return [False]
        words = [word.strip().lower() for word in order[1].split(",")]
        if any(word not in ("asc", "desc") for word in words):
            self.fail(order[0], "must be asc or desc")
        return [word == "desc" for word in words]

    def sort_key(self, parameter: str, wire: str, descending: bool) -> SortKey:  # noqa: FBT001 - a value, not a switch
        path = self.field(wire)
        if path is None:
            fields = [self.reader.naming.wire(known) for known in self.reader.resource.attributes]
            self.fail(parameter, f"has no field '{wire}' to sort by; {suggestion(wire, fields)}".rstrip("; "))
        return SortKey(path or "id", descending)

    def names(self, role: Role) -> list[tuple[str, str]]:
        """Every name in a list parameter, with the parameter it came in."""
        return [
            (parameter, name.strip())
            for parameter, text in self.given.get(role, [])[:_MANY]
            for name in text.split(",")[:_MANY]
            if name.strip()
        ]

    def fields(self) -> tuple[str, ...]:
        chosen: dict[str, None] = {}
        for parameter, wire in self.names("fields"):
            path = self.field(wire) or self.related_field(wire)
            if path is None:
                known = [self.reader.naming.wire(name) for name in self.reader.resource.attributes]
                self.fail(parameter, f"has no field '{wire}'; {suggestion(wire, known)}".rstrip("; "))
            else:
                chosen[path] = None
        return tuple(chosen)

    def related_field(self, wire: str) -> str | None:
        """A way through relations (`customer.name`) as a field to show: what it goes through is embedded for it."""
        here, steps = self.reader.resource, wire.split(".")
        way: list[str] = []
        while steps and len(way) < MAX_DEPTH:
            step = self.reader.naming.relation(here, steps[0])
            relation = here.parents.get(step) or here.children.get(step)
            if relation is None:
                break
            here = self.schema(relation.parent if step in here.parents else relation.child)
            way.append(step)
            steps = steps[1:]
        if not way:
            return None
        if not steps:
            return ".".join(way)
        inner = self.reader.naming.field(here, ".".join(steps))
        return None if inner is None else ".".join((*way, inner))

    def schema(self, name: str) -> Resource:
        return self.reader.schema[name]

    def shown(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """The fields to show and the relations to embed; each makes the other hold what it needs."""
        fields, ways = self.fields(), dict.fromkeys(self.embeds())
        if not fields:
            return (), tuple(ways)
        roots = dict.fromkeys((*fields, *(way[0] for way in ways if not any(f.split(".")[0] == way[0] for f in fields))))
        for path in fields:
            steps = path.split(".")
            if steps[0] not in self.reader.resource.attributes:
                depth = next((n for n in range(len(steps), 0, -1) if self.leads(steps[:n])), 0)
                ways[tuple(steps[:depth])] = None
        return tuple(roots), tuple(ways)

    def leads(self, way: Sequence[str]) -> bool:
        """Whether a way is one of relations alone."""
        return reaches(self.reader.schema, self.reader.resource, way) is None

    def embeds(self) -> list[tuple[str, ...]]:
        ways: list[tuple[str, ...]] = []
        for parameter, name in self.names("embed"):
            way = self.way(name.split("."))
            wrong = reaches(self.reader.schema, self.reader.resource, way)
            if wrong is not None:
                place, known = wrong
                hint = suggestion(way[place], [self.reader.naming.wire(one) for one in known]) or "it has no relations"
                self.fail(parameter, f"has no relation '{name}'; {hint}")
            elif len(way) > MAX_DEPTH:
                self.fail(parameter, f"goes deeper than {MAX_DEPTH} relations")
            else:
                ways.append(way)
        return ways

    def way(self, steps: Sequence[str]) -> tuple[str, ...]:
        here: Resource | None = self.reader.resource
        way: list[str] = []
        for step in steps:
            name = step if here is None else self.reader.naming.relation(here, step)
            way.append(name)
            relation = None if here is None else here.parents.get(name) or here.children.get(name)
            if here is not None and relation is not None:
                here = self.schema(relation.parent if name in here.parents else relation.child)
            else:
                here = None
        return tuple(way)


def _with_operator(path: str, word: str) -> tuple[str, Operator] | None:
    found = next((operator for operator in OPERATORS if operator == word.lower()), None)
    return None if found is None else (path, found)
