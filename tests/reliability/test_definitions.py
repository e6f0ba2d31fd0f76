"""Definitions nobody would write: whatever a file holds, what is wrong is told with its place, soon and cheaply."""

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import DefinitionError
from mockserver.server.assemble import prepare
from tests.live import started
from tests.reliability.judge import Verdict, judge
from tests.reliability.monster import DATABASES, MONSTERS
from tests.reliability.mutant import Mutant, good_definitions, mutate
from tests.reliability.shaped import shape, whole_schema
from tests.scorecard import Figures
from tests.server.process import Running

LONGEST_S: Final = 2
LARGEST_MB: Final = 200


class Bad(NamedTuple):
    """A text, where its first problem is, and pieces of what is said of it."""

    text: str
    place: str
    said: str
    hint: str


def read_corpus() -> Iterator[Bad]:
    whole = Path(__file__).with_name("bad_definitions.txt").read_text(encoding="utf-8")
    for block in re.split(r"^=== ", whole, flags=re.MULTILINE)[1:]:
        line, _, text = block.partition("\n")
        yield Bad(text, *line.split(" | "))


def test_bad_definitions_are_refused_in_their_place_with_a_hint(figure: Figures) -> None:
    corpus, slowest_s = list(read_corpus()), 0.0
    for bad in corpus:
        begun = time.thread_time()  # what it costs, whoever else is at work on the machine
        with pytest.raises(DefinitionError) as raised:
            prepare(parse_source(bad.text, "x.yaml"))
        slowest_s = max(slowest_s, time.thread_time() - begun)
        first = raised.value.problems[0]
        assert (str(first.position), bad.said in first.problem) == (f"x.yaml:{bad.place}", True), (bad, first)
        assert bad.hint in first.hint, (bad, first)
        assert all(problem.hint for problem in raised.value.problems), bad
    figure("bad definitions by hand, each told with line, column and hint", len(corpus), least=100)
    figure("bad definitions by hand: the slowest", slowest_s, "s of processor time", most=LONGEST_S)


def find_flaws(verdict: Verdict, path: Path) -> Iterator[str]:
    """What is wrong with how a definition was checked."""
    if verdict.code not in (0, 2):
        yield f"ended with {verdict.code}"
    if "Traceback" in verdict.said:
        yield "a traceback"
    told = re.split(rf"^(?={re.escape(str(path))}:\d+:\d+: )", verdict.said, flags=re.MULTILINE)[1:]
    if verdict.code == 2 and not told:
        yield "no place"
    for block in told:
        lines = re.sub(r"\n\d+ problems? in .*\n\Z", "", block).rstrip("\n").split("\n")
        if not re.match(r"  \S", lines[-1]) or len(lines) == 1:
            yield f"no hint for {lines[0]}"
    if verdict.cpu_s > LONGEST_S or verdict.peak_mb > LARGEST_MB:
        yield f"took {verdict.cpu_s:.1f} s and {verdict.peak_mb:.0f} MB"


def check_all(mutants: list[Mutant], folder: Path) -> list[Verdict]:
    """Every one of them checked, with nothing wrong in how."""
    paths = [folder / f"{number}{mutant.suffix}" for number, mutant in enumerate(mutants)]
    for path, mutant in zip(paths, mutants, strict=True):
        path.write_bytes(mutant.content)
    verdicts = judge(paths, processes=2 if len(paths) > 1000 else 1)
    flaws = [
        f"{mutant.said}: {flaw}\n{verdict.said[-400:]}"
        for mutant, verdict, path in zip(mutants, verdicts, paths, strict=True)
        for flaw in find_flaws(verdict, path)
    ]
    assert flaws == [], "\n".join(flaws)
    return verdicts


def tell(figure: Figures, what: str, verdicts: list[Verdict]) -> None:
    refused = sum(verdict.code == 2 for verdict in verdicts)
    figure(f"{what}: refused, each with line, column and hint", refused, least=len(verdicts) // 3)
    figure(f"{what}: the slowest", max(one.cpu_s for one in verdicts), "s of processor time", most=LONGEST_S)
    figure(f"{what}: the largest process", max(one.peak_mb for one in verdicts), "MB", most=LARGEST_MB)


def test_mutations_of_good_definitions_are_checked_or_refused(
    tmp_path: Path, figure: Figures, *, is_thorough: bool
) -> None:
    good = good_definitions()
    assert len(good) > 20
    mutants = [mutate(seed, good) for seed in range(10_000 if is_thorough else 40)]
    verdicts = check_all(mutants, tmp_path)
    figure("mutations of good definitions", len(mutants), least=len(mutants))
    tell(figure, "mutations", verdicts)


def test_what_has_the_shape_of_a_definition_is_checked_or_refused(
    tmp_path: Path, figure: Figures, *, is_thorough: bool
) -> None:
    schema = whole_schema()
    drawn = [shape(seed, schema) for seed in range(3_000 if is_thorough else 20)]
    tell(figure, f"{len(drawn):,} drawn from the JSON Schema with a wrong value", check_all(drawn, tmp_path))


def test_what_is_made_to_blow_up_does_not(tmp_path: Path, figure: Figures, *, is_thorough: bool) -> None:
    made = [Mutant(name, content) for name, content in MONSTERS.items()]
    made += [Mutant(name, content, ".json") for name, content in DATABASES.items()]
    made = made if is_thorough else made[::3]
    verdicts = check_all(made, tmp_path)
    assert [one.said for one, verdict in zip(made, verdicts, strict=True) if verdict.code != 2] == []
    tell(figure, f"{len(made)} bombs, other monsters and broken databases", verdicts)


def test_what_is_no_plain_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    os.mkfifo(tmp_path / "pipe.json")
    for name, target in {"zero.yaml": "/dev/zero", "zero.json": "/dev/zero", "null.yaml": "/dev/null"}.items():
        (tmp_path / name).symlink_to(target)
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "gone.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "piped").mkdir()
    os.mkfifo(tmp_path / "piped/a.yaml")
    paths = sorted(tmp_path.iterdir())
    for path, verdict in zip(paths, judge(paths), strict=True):
        within = path / "a.yaml" if path.name == "piped" else path
        assert (verdict.code, [*find_flaws(verdict, within)]) == (2, []), verdict


@pytest.fixture
def saved(tmp_path: Path) -> Iterator[tuple[Running, Path]]:
    path = tmp_path / "mock.yaml"
    path.write_text("mock: 1\nresources: {good: {count: 1}}\n", encoding="utf-8")
    with started(str(path)) as server:
        yield server, path


def put(server: Running, query: str, text: str) -> tuple[int, list[dict[str, str]]]:
    body = json.dumps({"source": text}).encode()
    answer = server.control("PUT", f"/api/definition{query}", "Content-Type: application/json", body=body)
    return answer.status, answer.json.get("problems", answer.json.get("errors"))


def test_a_server_goes_on_with_the_definition_it_has(
    saved: tuple[Running, Path], figure: Figures, *, is_thorough: bool
) -> None:
    server, path = saved
    corpus = list(read_corpus())[:: 1 if is_thorough else 12]
    for bad in corpus:
        for query in ("?check=1", ""):
            status, problems = put(server, query, bad.text)
            assert status in (400, 422), (bad, status)
            assert status == 400 or problems, bad
    assert server.get("/good/1").status == 200
    path.unlink()
    os.mkfifo(path)  # a save that goes wrong, and would be waited for
    assert server.get("/good/1").status == 200
    path.unlink()
    path.write_text("mock: 1\nresources: {better: {count: 1}}\n", encoding="utf-8")
    deadline = time.monotonic() + 20
    while server.get("/better/1").status != 200:
        assert time.monotonic() < deadline, server.control("GET", "/api/status").json
        time.sleep(0.05)
    figure(
        "bad definitions put into a running server, which serves the one it had",
        len(corpus),
        least=100 if is_thorough else 9,
    )
