"""Whatever a database holds is served as it stands there."""

import json
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.server.assemble import AssembledInstance, load_prepared
from tests.client import Client, direct

names = st.text(max_size=6) | st.sampled_from(["title", "thing_id", "otherId", "page", "q", "_sort", "order"])
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
leaves = st.none() | st.booleans() | numbers | st.text(max_size=8)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
keys = st.integers(-(2**53), 2**53) | st.from_regex(r"[A-Za-z_~ é/?#%-]{1,8}", fullmatch=True)
documents = st.dictionaries(names, values, max_size=6)
rows = st.lists(st.tuples(keys, documents), max_size=8, unique_by=lambda pair: str(pair[0])).map(
    lambda pairs: [{"id": key, **document, "id": key} for key, document in pairs]  # noqa: F601 - the id wins
)


def served(database: Any) -> Client:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "db.json"
        path.write_text(json.dumps(database), encoding="utf-8")
        return direct(AssembledInstance(load_prepared([path])))


@settings(max_examples=40)
@given(things=rows, others=rows, single=documents)
def test_every_document_is_served_as_it_is_in_the_file(
    things: list[dict[str, Any]], others: list[dict[str, Any]], single: dict[str, Any]
) -> None:
    single.pop("id", None)
    client = served({"things": things, "others": others, "single": single})
    assert client.get("/things").json == things
    assert client.get("/others").json == others
    assert client.get("/single").json == single
    for row in things:
        answer = client.get(f"/things/{quote(str(row['id']), safe='')}")
        assert answer.json == row
        assert list(answer.json) == list(row)
    assert client.get("/db").json == {"things": things, "others": others, "single": single}


@settings(max_examples=40)
@given(document=documents, change=documents, query=st.dictionaries(names, st.text(max_size=6), max_size=4))
def test_any_object_is_kept_and_any_query_gets_an_answer(
    document: dict[str, Any], change: dict[str, Any], query: dict[str, str]
) -> None:
    document.pop("id", None)
    change.pop("id", None)
    client = served({"things": [], "others": [{"id": 1}]})
    assert client.post("/things", document).json == {"id": 1, **document}
    assert client.patch("/things/1", change).json == {"id": 1, **document, **change}
    assert client.put("/things/1", change).json == {"id": 1, **change}
    assert client.get("/things/1").json == {"id": 1, **change}
    asked = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query.items())
    for path in ("/things", "/things/1", "/others/1/things"):
        assert client.get(f"{path}?{asked}").status in (200, 400, 404)
