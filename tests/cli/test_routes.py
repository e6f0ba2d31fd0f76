"""`mockserver routes`: every line of the table is a route that answers."""

import json
from pathlib import Path

import pytest

from mockserver.messages import Request
from mockserver.server.assemble import AssembledInstance, load_prepared
from tests.cli.command import SEEDS, ZOO, run


def test_the_table_is_aligned_and_nested() -> None:
    done = run("routes", ZOO)
    assert done.returncode == 0
    lines = done.stdout.decode().splitlines()
    assert len({line.index("→") for line in lines}) == 1
    words = [line.split() for line in lines]
    assert ["GET", "/v1/zoos/:id/employees/:id/animals", "→", "animals.list"] in words
    assert ["DELETE", "/v1/zoos/:id", "→", "zoos.delete"] in words


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_every_path_of_the_table_leads_somewhere(seed: Path) -> None:
    table = json.loads(run("routes", str(seed), "--format", "json").stdout)
    api = AssembledInstance(load_prepared([seed])).api
    for line in table:
        path = line["path"].replace(":id", "1")
        allowed = api.handle(Request("OPTIONS", path)).header("Allow") or ""
        assert line["method"] in allowed.split(", "), line


def test_the_convention_decides_the_prefix() -> None:
    assert b"/api/v1/zoos" in run("routes", ZOO, "--convention", "abp").stdout
    done = run("routes", ZOO, "--convention", "lnkis")
    assert done.returncode == 2
    assert b"did you mean 'linkis'?" in done.stderr


def test_limited_verbs_are_not_listed_and_rings_end(tmp_path: Path) -> None:
    text = "resources: {a: {methods: [list, get], fields: {b_id: {ref: b}}}, b: {fields: {a_id: {ref: a}}}}\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    table = json.loads(run("routes", "a.yaml", "--format", "json", cwd=tmp_path).stdout)
    assert {line["method"] for line in table if line["action"].startswith("a.")} == {"GET"}
    assert max(line["path"].count("/") for line in table) == 4


def test_where_there_is_no_resource_the_feed_is_all_there_is(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("mock: 1\n", encoding="utf-8")
    table = json.loads(run("routes", "a.yaml", "--format", "json", cwd=tmp_path).stdout)
    assert [line["path"] for line in table] == ["/events", "/events/sse", "/events/ws"]
    assert run("routes", "a.yaml", cwd=tmp_path).stdout.startswith(b"GET /events      \xe2\x86\x92 events.poll\n")


def test_files_and_pictures_have_lines_and_singletons_no_id(tmp_path: Path) -> None:
    fields = "{photo: {file: {}}, small_pic: {image: [9, 9]}}"
    text = f"api: {{case: camel}}\nresources: {{a: {{fields: {fields}}}, own: {{singleton: true, fields: {fields}}}}}\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    table = json.loads(run("routes", "a.yaml", "--format", "json", cwd=tmp_path).stdout)
    lines = {f"{line['method']} {line['path']} {line['action']}" for line in table}
    assert {"PUT /a/:id/photo a.update photo", "DELETE /own/photo own.update photo"} <= lines
    assert {"GET /a/:id/smallPic a.get small_pic", "GET /own own.get", "PATCH /own own.update"} <= lines
    assert not any("/own/:id" in line or line.startswith("PUT /a/:id/smallPic") for line in lines)
