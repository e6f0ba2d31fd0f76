"""A small store to write to: people who manage one another, teams, tasks of all deletion policies, and tags."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from mockserver.definitions.source import parse_source
from mockserver.messages import Document, Key
from mockserver.server.assemble import AssembledInstance, prepare
from mockserver.store.store import Store
from tests.told import told

DEFINITION = """
mock: 1
clock: 2026-01-15T09:00:00Z
freeze: true
resources:
  teams:
    count: 3
    fields:
      id: {seq: 1}
      name: {enum: [red, green, blue]}
      title: {computed: name | upper}
  people:
    count: 8
    delete: soft
    fields:
      id: {seq: 1}
      name: {seq: "P{n}", unique: true}
      team_id: {ref: teams, on_delete: clear}
      boss_id: {ref: people, on_delete: cascade}
      badge: {computed: "name ~ ' of ' ~ team.title"}
  tasks:
    count: 20
    delete: gone
    fields:
      id: {seq: 1}
      owner_id: {ref: people, on_delete: cascade}
      keeper_id: {ref: people, on_delete: restrict, nullable: 0.8}
      tag_ids: {refs: tags, items: [0, 3]}
      sign: {computed: "owner.badge ~ '!'"}
  tags:
    count: 4
    fields: {id: {seq: 1}, name: {seq: "tag{n}"}}
"""


# Definitions are served again and again: what one of them begins with never changes.
prepared = lru_cache(maxsize=8)(lambda text: prepare(parse_source(text, "store.yaml")))


class Stock:
    """A service's store with words for what the tests do to it."""

    def __init__(self, text: str = DEFINITION) -> None:
        self.service = AssembledInstance(prepared(text))
        self.store: Store = self.service.sandbox.store

    def put(self, resource: str, **fields: Any) -> Document:
        """Change the fields of a row, or make it."""
        row = self.store.find(resource, fields["id"]) or dict.fromkeys(self.store.schema[resource].attributes)
        with self.store.transaction() as transaction:
            return transaction.put(self.store.schema[resource], {**row, **fields})

    def delete(self, resource: str, key: Key) -> Document:
        """Take a row out."""
        with self.store.transaction() as transaction:
            return transaction.delete(self.store.schema[resource], key)

    def row(self, resource: str, key: Key) -> Document:
        """The row of that id."""
        found = self.store.find(resource, key)
        assert found is not None, (resource, key)
        return found

    def ids(self, resource: str) -> list[Any]:
        """The ids in order."""
        return [row["id"] for row in self.store[resource]]

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.service.sandbox.clock.advance(seconds)

    def journal(self) -> list[tuple[str, str, Any]]:
        """What happened so far: action, resource and key."""
        changes = [event.change for event in told(self.store.feed)]
        return [(change.action, change.resource, change.key) for change in changes]


NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """The moment so long after the beginning."""
    return NOW + timedelta(seconds=seconds)


def scan(store: Store, resource: str, field: str, target: Any) -> tuple[Key, ...]:
    """The ids of the rows that refer to a target, found without an index."""
    held = ((row["id"], row[field]) for row in store[resource])
    return tuple(
        key  # type: ignore[misc]
        for key, value in held
        if (target in value if isinstance(value, list) else value == target)
    )


def picture(store: Store) -> dict[str, Any]:
    """Everything a reader can see of a store, versions of indexes and collections aside."""
    return {"feed": [(event.cursor, event.change, event.moment) for event in told(store.feed)], **shown(store)}


def shown(store: Store) -> dict[str, Any]:
    """The same without the feed."""
    seen: dict[str, Any] = {}
    for name, resource in store.schema.resources.items():
        rows = store[name]
        seen[name] = [dict(row) for row in rows]
        seen[f"{name} modified"] = {key: rows.modified(key) for key in rows.keys}
        seen[f"{name} buried"] = {key: rows.buried(key) for key in range(60)}
        seen[f"{name} highest"] = (rows.highest, rows.numbered)
        for field, attribute in resource.attributes.items():
            if attribute.reference is not None:
                seen[f"{name}.{field}"] = {key: set(rows.referring(field, key)) for key in range(60)}
            if attribute.rules.unique:
                seen[f"{name}.{field}"] = {row[field]: rows.holder(field, row[field]) for row in rows}
    return seen
