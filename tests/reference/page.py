"""A page about one convention, made of the code that speaks it: what it says of itself, its tables, real exchanges."""

import inspect
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, get_args

from mockserver.conventions.base import conventions
from mockserver.conventions.styled import Styled
from mockserver.definitions.manner import StatusKey
from mockserver.errors import Problem, phrase_of
from mockserver.query.spelling import NEUTRAL, Role
from tests.client import assemble, direct
from tests.server.wire import Answer

DEFINITION: Final = """\
# shop.yaml
mock: 1
name: Shop
clock: 2026-01-15T09:00:00Z
freeze: true
api: {convention: NAME, version: v1, application: shop, case: as_is, paging: {default: 2, max: 100}}
auth:
  users: {ada: {password: lovelace, roles: [boss]}}
  public: [ANY /pets, ANY /pets/*]
resources:
  owners:
    fields: {name: {value: Ada, required: true}}
    rows: [{id: 1, name: Ada}]
  pets:
    fields:
      name: {value: Felix, required: true, min_length: 2, unique: true}
      kind: {enum: [cat, dog], default: cat}
      owner_id: {ref: owners}
    rows:
      - {id: 1, name: Felix, kind: cat, owner_id: 1}
      - {id: 2, name: Rex, kind: dog, owner_id: 1}
      - {id: 3, name: Minka, kind: cat, owner_id: null}
"""
MEANINGS: Final[dict[Role, str]] = {
    "limit": "how many documents at most", "offset": "how many to pass over", "page": "which page, from 1",
    "size": "how many on a page", "cursor": "the place an answer gave to go on from", "sort": "order: `-priority,name`",
    "sortby": "order, with its direction beside it", "order": "`asc` or `desc`, for the fields of the parameter above",
    "sorting": "order in words: `priority desc, name`", "search": "a text to look for", "fields": "what to show",
    "embed": "relations to put in",
}  # fmt: skip
_OTHERS: Final = {"too_many": 429}
_SHOWN_HEADERS: Final = (
    "content-type", "location", "etag", "link", "x-total-count", "content-range", "allow", "www-authenticate",
    "set-cookie",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One exchange to show; the path stands below the convention's prefix."""

    title: str
    method: str
    path: str
    body: object = None


EXCHANGES: Final = (
    Asked("A list", "GET", "/pets"),
    Asked("The next part of it", "GET", "/pets?limit=2&offset=2"),
    Asked("A filter that nothing meets", "GET", "/pets?kind=dog&owner_id=7"),
    Asked("A document", "GET", "/pets/1"),
    Asked("A document that is not there", "GET", "/pets/9"),
    Asked("A creation", "POST", "/pets", {"name": "Bello", "kind": "dog"}),
    Asked("A creation of several", "POST", "/pets", [{"name": "Bello"}, {"name": "Susi"}]),
    Asked("A creation that is not valid", "POST", "/pets", {"name": "B", "kind": "cow"}),
    Asked("A conflict", "POST", "/pets", {"name": "Felix"}),
    Asked("A replacement", "PUT", "/pets/2", {"name": "Rexi"}),
    Asked("A change", "PATCH", "/pets/2", {"kind": "cat"}),
    Asked("A deletion", "DELETE", "/pets/3"),
    Asked("A parameter that is wrong", "GET", "/pets?limit=many"),
    Asked("A method that is not there", "DELETE", "/pets/1/name"),
    Asked("Somebody who is not logged in", "GET", "/owners"),
)


def write_page(name: str) -> str:
    """The page of a convention, as Markdown."""
    return "\n".join([*_head(name), *_addresses(name), *_asking(name), *_statuses(name), *_exchanges(name)])


def _spoken(name: str) -> Styled:
    return assemble(DEFINITION.replace("NAME", name)).api.convention


def _head(name: str) -> Iterator[str]:
    convention = conventions.get(name)
    kind = convention if inspect.isclass(convention) else type(convention())
    said = (inspect.getdoc(sys.modules[kind.__module__]) or "").partition(": ")[2]
    yield f"# `{name}`\n"
    yield "<!-- Written by ./scripts/test tests/reference --update-golden: change the code, not this page. -->\n"
    yield f"{said[:1].upper()}{said[1:]}\n"
    yield f"{inspect.getdoc(kind)}\n"


def _addresses(name: str) -> Iterator[str]:
    spoken = conventions.get(name)()
    yield "## Addresses\n"
    yield "| definition | resources stand below |\n|---|---|"
    for version, application in ((None, None), ("v1", None), ("v1", "shop")):
        parts = [f"version: {version}" if version else "", f"application: {application}" if application else ""]
        written = ", ".join(part for part in parts if part)
        found = " and ".join(f"`{prefix or '/'}`" for prefix in spoken.prefixes(version, application))
        yield f"| `api: {{{written}}}` | {found} |"
    if spoken.takes_singular:
        yield "\nA collection is found by its singular too: `/zoo` is `/zoos`."
    if spoken.lenient:
        yield "\nNothing is checked: documents may hold anything, and parameters that mean nothing are passed over."
    for alias in spoken.aliases("pets"):
        yield f"\n`{alias.method} {alias.path}` is `{alias.verb}` of `pets`." if alias.path else ""
    yield ""


def _asking(name: str) -> Iterator[str]:
    spoken = conventions.get(name)()
    own, paging = spoken.spelling.names, spoken.paging
    yield "## Parameters\n"
    default = "everything" if paging.default is None else f"{paging.default} documents"
    most = "without a maximum" if paging.largest is None else f"at most {paging.largest}"
    yield f"A list shows {default} unless asked for another part, {most}. Names in bold are the family's own.\n"
    yield "| meaning | parameters |\n|---|---|"
    roles = _spoken(name).spelling.turning()
    for role in get_args(Role):
        names = dict.fromkeys((*(one for one, meant in own.items() if meant == role), *_neutral(role)))
        if role in roles and names:
            shown = ", ".join(f"**`{one}`**" if one in own else f"`{one}`" for one in names)
            yield f"| {MEANINGS.get(role, role)} | {shown} |"
    yield "| a field's value | `name=Felix`, `name_contains=fel`, `price[gte]=3` |\n"


def _neutral(role: str) -> Iterator[str]:
    yield from (name for name, meant in NEUTRAL.items() if meant == role)


def _statuses(name: str) -> Iterator[str]:
    spoken = _spoken(name)
    plain: dict[str, type[Problem]] = {}
    for kind in _problems(Problem):
        # The listener has kinds of its own, which stand for the same outcome.
        plain.setdefault(kind.slug, kind)
    yield "## Statuses\n"
    yield "Each can be changed: `convention: {like: " + name + ", statuses: {created: 200}}`.\n"
    yield "| outcome | status |\n|---|---|"
    for key in get_args(StatusKey):
        status = spoken.status_of(key, plain[key].status if key in plain else _OTHERS.get(key, 200))
        phrase = phrase_of(status)
        yield f"| `{key}` | {status} {phrase} |"
    yield ""


def _problems(kind: type[Problem]) -> Iterator[type[Problem]]:
    for one in kind.__subclasses__():
        yield one
        yield from _problems(one)


def _exchanges(name: str) -> Iterator[str]:
    text = DEFINITION.replace("NAME", name)
    yield "## Exchanges\n"
    yield f"With this definition:\n\n```yaml\n{text}```\n"
    prefix = conventions.get(name)().prefixes("v1", "shop")[0]
    for asked in EXCHANGES:
        client, target = direct(assemble(text)), prefix + asked.path
        sent = "" if asked.body is None else f"{json.dumps(asked.body)}\n"
        answer = client.ask(asked.method, target) if not sent else client.ask(asked.method, target, body=asked.body)
        yield f"### {asked.title}\n"
        yield f"```text\n{asked.method} {target}\n{sent}\n{_written(answer)}```\n"


def _written(answer: Answer) -> str:
    """Status, the headers that matter, and the body for reading."""
    phrase = phrase_of(answer.status)
    lines = [f"{answer.status} {phrase}"]
    lines += [f"{name}: {answer.headers[name]}" for name in _SHOWN_HEADERS if name in answer.headers]
    if answer.body:
        lines += ["", json.dumps(json.loads(answer.body), indent=2, ensure_ascii=False)]
    return "\n".join(lines) + "\n"
