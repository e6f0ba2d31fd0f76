"""The data is the same on every machine: same number, same bytes."""

import hashlib
import json
from pathlib import Path

from benchmarks.peers.dataset import write_dataset
from benchmarks.peers.peer import PEERS
from benchmarks.peers.ticket import make_rows

DATABASE = "c9f971f2802eef3f0f86753224af0c098917035ec49cad6093964c2ad7e0cd4a"


def test_the_same_number_gives_the_same_bytes(tmp_path: Path) -> None:
    write_dataset(tmp_path / "data", 1_000)
    text = (tmp_path / "data" / "db.json").read_bytes()
    assert hashlib.sha256(text).hexdigest() == DATABASE


def test_there_is_a_form_for_everybody(tmp_path: Path) -> None:
    write_dataset(tmp_path / "data", 20)
    assert all((tmp_path / "data" / peer.data).exists() for peer in PEERS)


def test_every_form_holds_the_same_rows(tmp_path: Path) -> None:
    folder, rows = tmp_path / "data", write_dataset(tmp_path / "data", 20)

    def read(name: str) -> object:
        return json.loads((folder / name).read_text(encoding="utf-8"))

    text_ids = read("db-text-ids.json")
    assert read("db.json") == rows.database()
    assert isinstance(text_ids, dict)
    assert [{**row, "id": int(row["id"])} for row in text_ids["tickets"]] == rows.tickets
    mockoon = read("mockoon.json")
    assert isinstance(mockoon, dict)
    assert {bucket["id"]: json.loads(bucket["value"]) for bucket in mockoon["data"]} == rows.database()
    wiremock = read("wiremock/mappings/all.json")
    assert isinstance(wiremock, dict)
    assert json.loads(wiremock["mappings"][1]["response"]["body"]) == rows.tickets[:10]


def test_messages_belong_to_tickets_three_each() -> None:
    rows = make_rows(7)
    assert [message["ticket_id"] for message in rows.messages] == [number for number in range(1, 8) for _ in range(3)]
    assert [message["id"] for message in rows.messages] == list(range(1, 22))
