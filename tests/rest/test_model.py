"""Any sequence of requests against a plain dictionary that does the same, in each of the three conventions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mockserver.definitions.source import parse_source
from mockserver.messages import Request
from mockserver.server.assemble import AssembledInstance, Prepared, prepare

DEFINITION = """
mock: 1
seed: 3
clock: 2026-01-15T09:00:00Z
freeze: true
api: {convention: CONVENTION, version: v1, application: project, case: as_is}
resources:
  things:
    count: 6
    fields:
      id: {seq: 1}
      name: {faker: first_name, required: true, min_length: 2, max_length: 12}
      kind: {enum: [a, b, c], default: b}
      size: {int: [0, 20], min: 0, max: 50}
      code: {seq: "C{n}", unique: true}
      box_id: {ref: boxes, on_delete: clear}
      label: {computed: "name ~ '-' ~ kind ~ '-' ~ box.name"}
      stamp: {datetime: [-9d, -1d], read_only: true, on_update: "${now}"}
  boxes:
    count: 3
    fields: {id: {seq: 1}, name: {enum: [oak, elm]}}
"""
NOW = "2026-01-15T09:00:00Z"
Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Manner:
    """One convention as a client of it knows it."""

    prefix: str
    item: Callable[[Any], Any]
    rows: Callable[[Any, Mapping[str, str]], tuple[list[Row], int]]
    window: Callable[[int, int], dict[str, int]]
    created: int
    updated: int
    deleted: int
    missing: int
    invalid: int
    conflict: int


MANNERS = {
    "rest": Manner(
        "/v1",
        lambda body: body,
        lambda body, headers: (body, int(headers["X-Total-Count"])),
        lambda page, size: {"limit": size, "offset": page * size},
        created=201, updated=201, deleted=204, missing=404, invalid=422, conflict=409,
    ),
    "abp": Manner(
        "/api/v1",
        lambda body: body["result"],
        lambda body, _: (body["result"]["items"], body["result"]["totalCount"]),
        lambda page, size: {"maxResultCount": size, "skipCount": page * size},
        created=200, updated=200, deleted=200, missing=404, invalid=400, conflict=409,
    ),
    "linkis": Manner(
        "/api/rest_j/v1/project",
        lambda body: body["data"],
        lambda body, _: (body["data"]["things"], body["data"]["totalPage"]),
        lambda page, size: {"pageNow": page + 1, "pageSize": size},
        created=200, updated=200, deleted=200, missing=400, invalid=412, conflict=400,
    ),
}  # fmt: skip

names = st.text("abÄ-é ", min_size=2, max_size=12)
cells = {
    "kind": st.sampled_from(["a", "b", "c"]),
    "size": st.none() | st.integers(0, 50),
    "code": st.none() | st.sampled_from(["C1", "C2", "X1", "X2", "C9"]),
    "box_id": st.none() | st.integers(1, 3),
}
wrong = st.sampled_from(
    [{"size": 51}, {"size": "1"}, {"kind": "d"}, {"name": "x"}, {"name": None}, {"box_id": 99}, {"nmae": "Leo"}]
)
bodies = st.fixed_dictionaries({"name": names}, optional=cells)
patches = st.fixed_dictionaries({}, optional={"name": names, **cells})
ids = st.integers(1, 12) | st.just(400)


class Things(RuleBasedStateMachine):
    """The collection `things` beside a dictionary of what should be in it."""

    manner: ClassVar[Manner]
    prepared: ClassVar[Prepared]

    def __init__(self) -> None:
        super().__init__()
        self.service = AssembledInstance(self.prepared)
        self.things: dict[int, Row] = {row["id"]: dict(row) for row in self.prepared.rows["things"]}  # type: ignore[misc]
        self.boxes: dict[int, Any] = {row["id"]: row["name"] for row in self.prepared.rows["boxes"]}  # type: ignore[misc]
        self.used = set(self.things)

    def send(
        self, method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None
    ) -> tuple[int, Any, Any]:
        pairs = tuple((name, str(value)) for name, value in (query or {}).items())
        headers = {} if body is None else {"content-type": "application/json"}
        data = b"" if body is None else orjson.dumps(body)
        reply = self.service.handle(Request(method, self.manner.prefix + path, pairs, headers, data))
        return reply.status, orjson.loads(reply.body) if reply.body else None, dict(reply.headers)

    def whole(self, row: Row) -> Row:
        """The row as it stands after a write: fields in order, the computed one made, the stamp set."""
        box = "" if row["box_id"] is None else self.boxes[row["box_id"]]
        made = {**row, "label": f"{row['name']}-{row['kind']}-{box}", "stamp": NOW}
        return {name: made[name] for name in ("id", "name", "kind", "size", "code", "box_id", "label", "stamp")}

    def refusal(self, row: Row, own: int | None) -> int | None:
        """The status of a write that must fail, if it must."""
        if row["box_id"] is not None and row["box_id"] not in self.boxes:
            return self.manner.invalid
        others = [one["code"] for key, one in self.things.items() if key != own]
        return self.manner.conflict if row["code"] is not None and row["code"] in others else None

    @rule(body=bodies)
    def create(self, body: Row) -> None:
        status, answer, _ = self.send("POST", "/things", body)
        row = {"kind": "b", "size": None, "code": None, "box_id": None, **body}
        if refused := self.refusal(row, None):
            assert status == refused, answer
            return
        assert status == self.manner.created, answer
        made = self.manner.item(answer)
        assert made["id"] not in self.used
        if "code" not in body:
            assert made["code"] not in [one["code"] for one in self.things.values()]
            row["code"] = made["code"]
        assert made == self.whole({**row, "id": made["id"]})
        self.things[made["id"]] = made
        self.used.add(made["id"])

    @rule(key=ids, body=bodies)
    def create_with_an_id(self, key: int, body: Row) -> None:
        status, answer, _ = self.send("POST", "/things", {"code": None, **body, "id": key})
        row = {"id": key, "kind": "b", "size": None, "box_id": None, "code": None, **body}
        refused = self.refusal(row, None)
        if key in self.things and refused != self.manner.invalid:
            refused = self.manner.conflict
        if refused:
            assert status == refused, answer
            return
        assert (status, self.manner.item(answer)) == (self.manner.created, self.whole(row))
        self.things[key] = self.whole(row)
        self.used.add(key)

    @rule(key=ids)
    def read(self, key: int) -> None:
        status, answer, _ = self.send("GET", f"/things/{key}")
        if key in self.things:
            assert (status, self.manner.item(answer)) == (200, self.things[key])
        else:
            assert status == self.manner.missing

    @rule(key=ids, body=bodies)
    def replace(self, key: int, body: Row) -> None:
        row = {"id": key, "kind": "b", "size": None, "code": None, "box_id": None, **body}
        self.write("PUT", key, body, row)

    @rule(key=ids, body=patches)
    def patch(self, key: int, body: Row) -> None:
        self.write("PATCH", key, body, {**self.things.get(key, {"box_id": None, "code": None}), **body})

    def write(self, method: str, key: int, body: Row, row: Row) -> None:
        status, answer, _ = self.send(method, f"/things/{key}", body)
        if key not in self.things:
            assert status == self.manner.missing
        elif refused := self.refusal(row, key):
            assert status == refused, answer
        else:
            assert (status, self.manner.item(answer)) == (self.manner.updated, self.whole(row))
            self.things[key] = self.whole(row)

    @rule(key=ids, flaw=wrong, method=st.sampled_from(["POST", "PUT", "PATCH"]))
    def be_refused(self, key: int, flaw: Row, method: str) -> None:
        path = "/things" if method == "POST" else f"/things/{key}"
        status, _, _ = self.send(method, path, {"name": "Leo", "code": None, **flaw})
        known = method == "POST" or key in self.things
        assert status == (self.manner.invalid if known else self.manner.missing)

    @rule(key=ids)
    def delete(self, key: int) -> None:
        status, _, _ = self.send("DELETE", f"/things/{key}")
        assert status == (self.manner.deleted if self.things.pop(key, None) else self.manner.missing)

    @rule(key=st.integers(1, 4))
    def delete_a_box(self, key: int) -> None:
        status, _, _ = self.send("DELETE", f"/boxes/{key}")
        assert status == (self.manner.deleted if key in self.boxes else self.manner.missing)
        held = [one for one, row in self.things.items() if key in self.boxes and row["box_id"] == key]
        self.boxes.pop(key, None)
        for one in held:
            row = {**self.things[one], "box_id": None}
            self.things[one] = {**row, "label": f"{row['name']}-{row['kind']}-"}

    @rule(key=st.integers(1, 3), name=st.sampled_from(["oak", "elm"]))
    def rename_a_box(self, key: int, name: str) -> None:
        status, _, _ = self.send("PATCH", f"/boxes/{key}", {"name": name})
        if key not in self.boxes:
            assert status == self.manner.missing
            return
        self.boxes[key] = name
        for one, row in self.things.items():
            if row["box_id"] == key:
                self.things[one] = {**row, "label": f"{row['name']}-{row['kind']}-{name}"}

    @rule(
        window=st.tuples(st.integers(0, 5), st.integers(1, 7)),
        kind=st.none() | cells["kind"],
        box=st.none() | st.integers(1, 3),
        least=st.none() | st.integers(0, 30),
        sort=st.sampled_from(["", "-size,name"]),
    )
    def list(self, window: tuple[int, int], kind: str | None, box: int | None, *, least: int | None, sort: str) -> None:
        page, size = window
        query: dict[str, Any] = self.manner.window(page, size)
        wanted = list_of(self.things)
        if kind is not None:
            query["kind"] = kind
            wanted = [row for row in wanted if row["kind"] == kind]
        if box is not None:
            query["box_id"] = box
            wanted = [row for row in wanted if row["box_id"] == box]
        if least is not None:
            query["size[gte]"] = least
            wanted = [row for row in wanted if row["size"] is not None and row["size"] >= least]
        if sort:
            query["sort"] = sort
            wanted.sort(key=lambda row: (row["size"] is not None, -(row["size"] or 0), row["name"], row["id"]))
        status, answer, headers = self.send("GET", "/things", query=query)
        assert status == 200, answer
        rows, total = self.manner.rows(answer, headers)
        assert (rows, total) == (wanted[page * size : page * size + size], len(wanted))

    @invariant()
    def everything_is_there(self) -> None:
        _, answer, headers = self.send("GET", "/things", query=self.manner.window(0, 100))
        assert self.manner.rows(answer, headers) == (list_of(self.things), len(self.things))

    @rule()
    def begin_again(self) -> None:
        self.service.reset([])
        self.things = {row["id"]: dict(row) for row in self.prepared.rows["things"]}  # type: ignore[misc]
        self.boxes = {row["id"]: row["name"] for row in self.prepared.rows["boxes"]}  # type: ignore[misc]
        self.used = set(self.things)


def list_of(rows: Mapping[int, Row]) -> list[Row]:
    return [*rows.values()]


@pytest.mark.parametrize("convention", MANNERS)
def test_any_sequence_of_requests_agrees_with_a_dictionary(convention: str) -> None:
    class Machine(Things):
        manner = MANNERS[convention]
        prepared = prepare(parse_source(DEFINITION.replace("CONVENTION", convention), "model.yaml"))

    run_state_machine_as_test(Machine, settings=settings(max_examples=150, stateful_step_count=40, deadline=None))
