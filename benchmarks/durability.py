"""Nothing that was acknowledged is lost: kills a server under load, again and again, and looks at what is there then.

    .venv/bin/python -m benchmarks.durability [--runs 200] [--writers 4] [--fsync]

Every run: writers post single notes and lists of them, change and delete their own, and move money by an action that
writes three documents; `kill -9` comes at a random moment; the next start is the next run's server. Each note says
whose it is and of which request, so that everything can be told from what is there.
"""

import argparse
import random
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any

import orjson

DEFINITION = """\
mock: 1
api: {convention: rest, paging: {default: 20, max: 100000}, strict: true}
resources:
  notes:
    count: 50
    fields: {id: {seq: 1}, writer: {value: 0, type: integer}, sent: {value: 0, type: integer}, text: {value: seeded}}
  accounts: {count: 4, fields: {id: {seq: 1}, balance: {value: 1000000, type: integer}}}
  moves: {count: 0, fields: {id: {seq: 1}, amount: {value: 0, type: integer}, tag: {value: '', type: string}}}
actions:
  move:
    route: POST /move
    body: {amount: {value: 0, type: integer, required: true}, tag: {value: '', type: string, required: true}}
    do:
      - {get: accounts, id: 1, as: payer}
      - {get: accounts, id: 2, as: payee}
      - {update: accounts, id: 1, set: {balance: "${row.balance - body.amount}"}}
      - {update: accounts, id: 2, set: {balance: "${row.balance + body.amount}"}}
      - {create: moves, set: {amount: "${body.amount}", tag: "${body.tag}"}}
"""
_READY = re.compile(rb"api=http://\S+:(\d+) control=http://\S+:(\d+)")


class Lost(AssertionError):
    """Something that was acknowledged is not there, or something that was not is there by half."""


@dataclass
class Server:
    """One process; `start_s` is how long it took to be ready."""

    process: "subprocess.Popen[bytes]"
    port: int
    start_s: float
    said: list[bytes] = field(default_factory=list)

    def get(self, target: str) -> Any:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            status, body = send(connection, "GET", target)
        if status != 200:
            raise Lost(f"{target} is answered with {status}")
        return body

    def end(self, number: int) -> int:
        """Send a signal, and wait for what comes of it."""
        self.process.send_signal(number)
        code = self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def start(folder: Path, *options: str) -> Server:
    """A server on the database in a folder. *Raises* `Lost` where it does not start."""
    definition = folder / "definition.yaml"
    definition.write_text(DEFINITION, encoding="utf-8")
    command = [sys.executable, "-m", "mockserver", "serve", str(definition), "--db", str(folder / "data.json")]
    began = perf_counter()
    process = subprocess.Popen(
        [*command, "--port", "0", "--control-port", "0", "--log", "quiet", "--no-watch", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if found := _READY.search(line):
            return Server(process, int(found[1]), perf_counter() - began, said)
    process.wait()
    process.stdout.close()
    raise Lost(f"it did not start: {b''.join(said).decode()}")


def send(connection: HTTPConnection, method: str, target: str, body: Any = None) -> tuple[int, Any]:
    content = None if body is None else orjson.dumps(body)
    connection.request(method, target, content, {} if content is None else {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    return answer.status, orjson.loads(text) if text else None


@dataclass
class Writer:
    """One client, and what it may expect: `notes` by id, each with its text; `moves` by tag."""

    number: int
    sent: int = 0
    acknowledged: int = 0
    notes: dict[int, str] = field(default_factory=dict)
    moves: dict[str, int] = field(default_factory=dict)
    doubtful: tuple[str, Any] = ("", None)
    """What was sent last and never answered: whether it was done is for the server to say."""

    def write(self, port: int, draws: random.Random, first: Event) -> None:
        """Go on until the server is gone."""
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            self.sent += 1
            kind = draws.choice(("one", "some", "change", "delete", "move"))
            try:
                getattr(self, f"_{kind}")(connection, draws)
            except (OSError, HTTPException):
                connection.close()
                return
            self.doubtful = ("", None)
            self.acknowledged += 1
            first.set()

    def _done(self, answer: tuple[int, Any]) -> Any:
        status, body = answer
        if status >= 300:
            raise Lost(f"a write is answered with {status}: {body}")
        return body

    def _note(self, text: str) -> dict[str, Any]:
        return {"writer": self.number, "sent": self.sent, "text": text}

    def _one(self, connection: HTTPConnection, _: random.Random) -> None:
        self.doubtful = ("made", 1)
        note = self._done(send(connection, "POST", "/notes", self._note("one")))
        self.notes[note["id"]] = "one"

    def _some(self, connection: HTTPConnection, draws: random.Random) -> None:
        count = draws.randint(2, 8)
        self.doubtful = ("made", count)
        made = self._done(send(connection, "POST", "/notes", [self._note("some")] * count))
        self.notes |= {note["id"]: "some" for note in made}

    def _change(self, connection: HTTPConnection, draws: random.Random) -> None:
        if not self.notes:
            return self._one(connection, draws)
        key, text = draws.choice(list(self.notes)), f"changed {self.sent}"
        self.doubtful = ("changed", (key, text))
        self._done(send(connection, "PATCH", f"/notes/{key}", {"text": text}))
        self.notes[key] = text
        return None

    def _delete(self, connection: HTTPConnection, draws: random.Random) -> None:
        if not self.notes:
            return self._one(connection, draws)
        key = draws.choice(list(self.notes))
        self.doubtful = ("deleted", key)
        self._done(send(connection, "DELETE", f"/notes/{key}"))
        del self.notes[key]
        return None

    def _move(self, connection: HTTPConnection, draws: random.Random) -> None:
        amount, tag = draws.randint(1, 9), f"{self.number}-{self.sent}"
        self.doubtful = ("moved", (tag, amount))
        self._done(send(connection, "POST", "/move", {"amount": amount, "tag": tag}))
        self.moves[tag] = amount

    def settle(self, notes: dict[int, dict[str, Any]], moves: dict[str, int]) -> None:
        """Compare with what is there, and learn what became of what was doubtful. *Raises* `Lost`."""
        there = {key: note["text"] for key, note in notes.items() if note["writer"] == self.number}
        moved = {tag: amount for tag, amount in moves.items() if tag.startswith(f"{self.number}-")}
        (kind, what), self.doubtful = self.doubtful, ("", None)
        new = [key for key in there if key not in self.notes]
        if kind == "made" and new:
            if len(new) != what or any(notes[key]["sent"] != self.sent for key in new):
                raise Lost(f"of {what} notes in one request {len(new)} are there")
            self.notes |= {key: there[key] for key in new}
        elif kind == "changed" and there.get(what[0]) == what[1]:
            self.notes[what[0]] = what[1]
        elif kind == "deleted" and what not in there:
            del self.notes[what]
        elif kind == "moved" and what[0] in moved:
            self.moves[what[0]] = what[1]
        if there != self.notes:
            raise Lost(f"writer {self.number} should have {len(self.notes)} notes as it left them, not {len(there)}")
        if moved != self.moves:
            raise Lost(f"writer {self.number} made {len(self.moves)} moves, and {len(moved)} are there")


def verify(server: Server, writers: list[Writer]) -> None:
    """Everything acknowledged is there, and nothing by half. *Raises* `Lost`."""
    listed = {name: server.get(f"/{name}?limit=100000") for name in ("notes", "moves", "accounts")}
    notes = {note["id"]: note for note in listed["notes"]}
    moves = {move["tag"]: move["amount"] for move in listed["moves"]}
    if len(moves) != len(listed["moves"]):
        raise Lost("a move is there twice")
    for writer in writers:
        writer.settle(notes, moves)
    balances = {one["id"]: one["balance"] for one in listed["accounts"]}
    total = sum(moves.values())
    if balances[1] != 1000000 - total or balances[2] != 1000000 + total:
        raise Lost(f"the moves come to {total}, and the accounts have {balances}")


@dataclass
class Figures:
    """What came of all runs."""

    runs: int = 0
    acknowledged: int = 0
    torn: int = 0
    starts_s: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        starts = sorted(self.starts_s)
        return (
            f"{self.runs} of {self.runs} started again; {self.acknowledged:,} acknowledged writes, all of them there, "
            f"none by half; a torn last line {self.torn} times; "
            f"start with replay: median {starts[len(starts) // 2]:.2f} s, longest {starts[-1]:.2f} s"
        )


def run(folder: Path, runs: int, writers: int, draws: random.Random, *options: str) -> Iterator[Figures]:
    """So many kills of one server after the other on one database; the figures after each. *Raises* `Lost`."""
    figures, clients = Figures(), [Writer(number) for number in range(1, writers + 1)]
    with serving(folder, *options) as box:
        for _ in range(runs):
            threads, first = [], Event()
            for client in clients:
                own = random.Random(draws.random())
                threads.append(Thread(target=client.write, args=(box[0].port, own, first)))
            for thread in threads:
                thread.start()
            first.wait(30)
            Event().wait(draws.uniform(0, 0.25))
            box[0].end(signal.SIGKILL)
            for thread in threads:
                thread.join()
            box[0] = start(folder, *options)
            verify(box[0], clients)
            figures.runs += 1
            figures.acknowledged = sum(client.acknowledged for client in clients)
            figures.torn += any(b"had no end" in line for line in box[0].said)
            figures.starts_s.append(box[0].start_s)
            yield figures


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[list[Server]]:
    """A server, in a box for the one that comes after it; whichever is there is ended."""
    box = [start(folder, *options)]
    try:
        yield box
    finally:
        if box[0].process.poll() is None:
            box[0].end(signal.SIGKILL)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--writers", type=int, default=4)
    options.add_argument("--fsync", action="store_true")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = Figures()
        more = ("--fsync",) if given.fsync else ()
        for figures in run(Path(folder), given.runs, given.writers, random.Random(given.seed), *more):
            if figures.runs % 20 == 0:
                print(f"{figures.runs} runs, {figures.acknowledged:,} writes", flush=True)
        print(figures)


if __name__ == "__main__":
    main()
