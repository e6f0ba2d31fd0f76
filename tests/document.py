"""Documents read as a reader would who types what they say: the fenced blocks of Markdown, run in order.

- `yaml`: saved under the name in its first line (`# zoo.yaml`); a definition is checked by `mockserver check`.
- `sh`: run by bash, where every line must succeed.
- `console`: `$ command` lines and what they print; `…` is anything. A command that fails must show what it says.
- `js`, `ts`, `tsx`, `html`: a piece of the file that its first line names (`// examples/vite/vite.config.js`), word for
  word; that file is proven where it is.
- `python`: saved under the name in its first line (`# test_zoo.py`), for a command that follows to run.
- `text` is not run; `json` must be JSON. Any other kind is refused, so that nothing stands there unproven.

`mockserver serve` (or `./scripts/serve`) goes to the background until the document ends or serves again. Ports 8000 and
8001 are the reader's: the server takes free ones, and both commands and output are translated.
"""

import json
import os
import re
import selectors
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parent.parent
READY = re.compile(r"^mockserver ready api=\S+:(\d+) control=\S+:(\d+)$", re.MULTILINE)
PATIENCE_S = 30


class Block(NamedTuple):
    """One fenced block: its kind, its text, and the line where the text begins."""

    kind: str
    text: str
    line: int


def find_blocks(document: str) -> Iterator[Block]:
    for found in re.finditer(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```$", document, re.MULTILINE | re.DOTALL):
        yield Block(found[2], textwrap.dedent(found[3]), document.count("\n", 0, found.start(3)) + 1)


def split_console(block: Block) -> Iterator[tuple[int, str, str]]:
    """Line, command and expected output; a command goes on after a backslash."""
    for found in re.finditer(r"^\$ ((?:.*\\\n)*.*)\n?((?:(?!\$ ).*\n?)*)", block.text, re.MULTILINE):
        yield block.line + block.text.count("\n", 0, found.start()), found[1], found[2]


def matches(expected: str, printed: str) -> bool:
    pattern = ".*".join(map(re.escape, expected.strip().split("…")))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


class Reader:
    """Somebody who types what a document says, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports: dict[str, str] = {}
        self.server: subprocess.Popen[str] | None = None
        (folder / ".curlrc").write_text("silent\nshow-error\n", encoding="utf-8")
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self.env = os.environ | {"PATH": path, "HOME": str(folder), "LC_ALL": "C.UTF-8"}

    def run(self, command: str) -> tuple[int, str]:
        """Exit code and everything printed."""
        for asked, taken in self.ports.items():
            command = re.sub(rf"\b{asked}\b", taken, command)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        return done.returncode, self.translate(done.stdout)

    def translate(self, printed: str) -> str:
        for asked, taken in self.ports.items():
            printed = re.sub(rf"\b{taken}\b", asked, printed)
        return printed

    def serve(self, command: str) -> str:
        """Starts a server; gives what it prints until it is ready."""
        self.leave()
        self.server = subprocess.Popen(
            ["bash", "-c", f"exec {command} --port 0 --control-port 0"],
            cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        assert self.server.stdout is not None
        printed, deadline = "", time.monotonic() + PATIENCE_S
        with selectors.DefaultSelector() as selector:
            selector.register(self.server.stdout, selectors.EVENT_READ)
            while not (ready := READY.search(printed)):
                assert selector.select(deadline - time.monotonic()), f"not ready in time: {printed}"
                piece = os.read(self.server.stdout.fileno(), 65536).decode()
                assert piece, f"the server ended: {printed}"
                printed += piece
        self.ports = {"8000": ready[1], "8001": ready[2]}
        # Where the commands look for it without being told.
        self.env["MOCKSERVER_CONTROL"] = f"http://127.0.0.1:{ready[2]}"
        return self.translate(printed)

    def leave(self) -> None:
        """Stops the server, if one runs."""
        if self.server is not None:
            with self.server as server:
                server.terminate()
                assert server.stdout is not None
                server.stdout.read()
            self.server = None

    def follow(self, block: Block) -> None:
        """Does what a block says. *Raises* `AssertionError` naming its line."""
        kinds: dict[str, Callable[[Block], None]] = {
            "yaml": self.save, "sh": self.type_lines, "console": self.compare,
            "python": self.keep, "json": lambda block: json.loads(block.text), "text": lambda _: None,
            "js": find_piece, "ts": find_piece, "tsx": find_piece, "html": find_piece,
        }  # fmt: skip
        assert block.kind in kinds, f"line {block.line}: nothing proves a block of kind '{block.kind}'"
        kinds[block.kind](block)

    def save(self, block: Block) -> None:
        name = re.match(r"# (\S+\.yaml)\n", block.text)
        path = self.folder / (name[1] if name else f"line-{block.line}.yaml")
        path.write_text(block.text, encoding="utf-8")
        if {"mock", "resources"} & set(yaml.safe_load(block.text)):
            code, printed = self.run(f"mockserver check {path.name}")
            assert code == 0, f"line {block.line}: {printed}"

    def keep(self, block: Block) -> None:
        name = re.match(r"# (\S+\.py)\n", block.text)
        assert name is not None, f"line {block.line}: a python block begins with its name, like # test_zoo.py"
        (self.folder / name[1]).write_text(block.text, encoding="utf-8")

    def type_lines(self, block: Block) -> None:
        code, printed = self.run(localise(block.text))
        assert code == 0, f"line {block.line}: {printed}"

    def compare(self, block: Block) -> None:
        assert block.text.startswith("$ "), f"line {block.line}: a console block begins with a command"
        for line, typed, expected in split_console(block):
            command = localise(typed)
            if command.startswith("mockserver serve"):
                code, printed = 0, self.serve(command)
            else:
                code, printed = self.run(command)
            assert code == 0 or expected.strip(), f"line {line}: exit {code}: {printed}"
            assert matches(expected, printed) or not expected.strip(), f"line {line}: {typed}\nprinted: {printed}"


def find_piece(block: Block) -> None:
    """Nothing, where a block is a piece of the file that its first line names. *Raises* `AssertionError`."""
    first, _, piece = block.text.partition("\n")
    named = re.fullmatch(r"(?://|<!--) (\S+)(?: -->)?", first)
    assert named, f"line {block.line}: the first line must name the file that it is from"
    text = (ROOT / named[1]).read_text(encoding="utf-8")
    assert piece.strip() in text, f"line {block.line}: {named[1]} says otherwise"


def localise(command: str) -> str:
    """What a script does once it has prepared its environment; the suite can't run itself, so `test` is only parsed."""
    command = re.sub(r"^\./scripts/serve\b", "mockserver serve", command, flags=re.MULTILINE)
    return re.sub(r"^\./scripts/test\b.*", f"sh -n '{ROOT}/scripts/test'", command, flags=re.MULTILINE)
