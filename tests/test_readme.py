"""README.md and docs/ say nothing that is not so: every fenced block is run, as `document.py` tells."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.document import ROOT, Block, Reader, find_blocks

DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]

needs_tools = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="blocks use curl and bash")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    one = Reader(tmp_path)
    yield one
    one.leave()


@needs_tools
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_block_of_a_document_does_what_it_says(document: Path, reader: Reader) -> None:
    blocks = list(find_blocks(document.read_text(encoding="utf-8")))
    assert document.read_text(encoding="utf-8").count("\n```") == 2 * len(blocks)
    for block in blocks:
        reader.follow(block)


@needs_tools
@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("```console\n$ echo one two\none two\n$ echo three\nthree\n```", ""),
        ("```console\n$ printf 'a\\nb\\nc\\n'\na\n…\nc\n$ echo 'a long line'\na … line\n```", ""),
        ("```console\n$ echo one \\\n  two\none two\n```", ""),
        ("intro\n\n```console\n$ true\n$ echo one\ntwo\n```", "line 5: echo one"),
        ("```console\n$ false\n```", "line 2: exit 1"),
        ("```console\n$ echo told >&2; exit 2\ntold\n```", ""),
        ("```sh\ntouch here\n```\n```sh\nls here\n```", ""),
        ("```sh\nfalse\ntrue\n```", "line 2"),
        ("```sh\n./scripts/test --lf\n```", ""),
        ("- in a list:\n\n  ```sh\n  false\n  ```", "line 4"),
        ("```ruby\n1 / 0\n```", "nothing proves a block of kind 'ruby'"),
        ("```python\n1 / 0\n```", "line 2: a python block begins with its name"),
        ("```python\n# one.py\nprint(1)\n```\n```console\n$ python one.py\n1\n```", ""),
        ("```\nnot said what\n```", "nothing proves"),
        ("```js\n// examples/vite/vite.config.js\n        ws: true,\n```", ""),
        (
            "```js\n// examples/vite/vite.config.js\n        ws: false,\n```",
            "line 2: examples/vite/vite.config.js says",
        ),
        ("```ts\nconst nowhere = 1;\n```", "line 2: the first line must name the file"),
        ("```yaml\n# a.yaml\npart: [1]\n```\n```console\n$ cat a.yaml\n# a.yaml\npart: [1]\n```", ""),
    ],
)
def test_a_document_that_lies_is_found_out(document: str, problem: str, reader: Reader) -> None:
    said = ""
    try:
        for block in find_blocks(document):
            reader.follow(block)
    except AssertionError as error:
        said = str(error)
    assert problem in said
    assert bool(said) == bool(problem), said


@needs_tools
def test_a_definition_in_a_document_is_checked(reader: Reader) -> None:
    reader.follow(Block("yaml", "mock: 1\nresources: {pets: {fields: {name: first_name}}}\n", 1))
    with pytest.raises(AssertionError, match="line 7"):
        reader.follow(Block("yaml", "mock: 1\nresources: {pets: {fields: {name: frist_name}}}\n", 7))


@needs_tools
def test_a_server_of_a_document_answers_on_the_ports_it_names(reader: Reader) -> None:
    reader.follow(
        Block("console", "$ ./scripts/serve\n…\nmockserver ready api=http://127.0.0.1:8000 control=…:8001", 1)
    )
    reader.follow(Block("console", "$ curl -o body -w '%{http_code}' localhost:8000/v1/zoos\n200", 3))
    reader.follow(Block("sh", "curl --fail localhost:8001/health\n", 5))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    text = re.sub(r"^( *)```.*?^\1```$", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    lost = [one for one in targets if not (document.parent / one.partition("#")[0]).exists()]
    assert lost == []
