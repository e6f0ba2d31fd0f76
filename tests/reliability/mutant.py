"""Good definitions with something done to them: bytes, lines, values, keys and whole parts.

Everything is drawn from a seed, so the same number is the same mutant anywhere. Knows nothing of what is then wrong.
"""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from mockserver.definitions.source import parse_source

ROOT: Final = Path(__file__).parents[2]
_BLOCK: Final = re.compile(r"```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXPRESSIONS: Final = (
    "${", "${}", "${x", "${__class__}", "${'a' * 10 ** 9}", "${9 ** 9 ** 9}", "${range(10 ** 9)}", "{{7*7}}",
    "{0.__init__}", "${" + "(" * 200 + ")" * 200 + "}", "${[1] * 10 ** 12}", "${body.x.y.z}", "${now.__class__}",
    "${'%s' % 1}", "%(x)s", "${" + " ~ ".join(["'x'"] * 900) + "}", "${1/0}", "${none.x}", "${-" + "-" * 300 + "1}",
    "${id ~ '\\n'}", "${'\\ud800'}", "${not " * 40, "${a.b.c[0]['d'] | upper | nope}", "${9223372036854775807 * 9}",
)  # fmt: skip
WRONG: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 10**12, 10**40, 1e308, -0.0, 1e-320, "", " ",
    "\n", "\t", "x", "no", "now", "-30d", "99999999999999y", "1e999s", "10GiB", "0x1F", "..", "/", "//", "/../..",
    "GET", "GET /", "ANY *", "GET /:", "GET /:a/:a", "GET /" + "a/" * 500, "* /x", "WS *", "\u202ex", "\ud7ff",
    "\U0001f600", "café", "сount", "__proto__", "constructor", "__init__", "a" * 65, "a" * 10_000, "(a+)+$",
    "(?=x)", "[",
    "a{1000}{1000}{1000}", "(" * 500 + ")" * 500, "\\p{L}{99}", "2026-02-30", "0000-00-00", "9999-12-31",
    "10000-01-01", "2026-01-01T00:00:00+99:00", [], {}, [[]], [None], [{}], {"": ""}, {"a": {"b": {"c": {}}}}, [1,
    2, 3],
    [5, 1], ["x"] * 1000, {str(number): number for number in range(500)}, {1: 1, 2: -1}, {"per": "zoos"},
    {"ref": "zoos"}, {"faker": "name"}, {"faker": "pyobject"}, {"list": {"list": "word"}}, {"computed": "id"},
    {"value": None}, {"seq": 2**53}, {"int": [0, 2**63 - 1]}, {"enum": []}, {"date": ["now", "-1d"]},
    {"object": {}}, {"file": {"max": "9GiB"}}, {"image": [10**9, 10**9]}, *_EXPRESSIONS,
)  # fmt: skip
"""What stands nowhere by right, or somewhere else."""
_PIECES: Final = (
    "\t", " ", "\n", ":", ": ", "- ", "[", "]", "{", "}", "'", '"', "#", "&a ", "*a", "!x ", "!!str ", "<<: ", "|", ">",
    "%", "@", "`", "\\", "\x00", "\x1b[31m", "\x85", "\u2028", "\ufeff", "\x7f", "é", "${", "---\n", "...", "? ", ",",
    "~", "1e999", "0o8", ".inf", "[" * 60, "{a: " * 60, "- " * 60, "&a [*a]", "\r",
    "!!python/object/apply:os.getpid []",
)  # fmt: skip


class Mutant(NamedTuple):
    """A definition that may be broken; `said` is what was done to which."""

    said: str
    content: bytes
    suffix: str = ".yaml"


def good_definitions() -> dict[str, str]:
    """Every definition that is shipped, by its path; in documents, with its place there."""
    found = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in (*sorted((ROOT / "seeds").glob("*.yaml")), *sorted((ROOT / "examples").glob("*/mockserver.yaml")))
    }
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for place, block in enumerate(_BLOCK.findall(page.read_text(encoding="utf-8"))):
            if {"mock", "resources"} & parse_source(block, "good.yaml").data.keys():
                found[f"{page.relative_to(ROOT)}[{place}]"] = block
    return found


def mutate(seed: int, good: dict[str, str]) -> Mutant:
    """The mutant of that number."""
    random = Random(f"mutant {seed}")
    name = random.choice(sorted(good))
    how = random.choice(_WAYS)
    return Mutant(f"{name}: {how.__name__} ({seed})", how(good[name], random))


def _edit_bytes(text: str, random: Random) -> bytes:
    """Some bytes are lost, doubled or others."""
    content = bytearray(text.encode())
    for _ in range(random.randint(1, 4)):
        place = random.randrange(len(content))
        match random.randrange(3):
            case 0:
                del content[place]
            case 1:
                content[place] = random.randrange(256)
            case _:
                content[place:place] = bytes([random.randrange(256)])
    return bytes(content)


def _insert_pieces(text: str, random: Random) -> bytes:
    """Something of YAML's own stands where it means something else."""
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(text))
        text = text[:place] + random.choice(_PIECES) + text[place:]
    return text.encode()


def _move_lines(text: str, random: Random) -> bytes:
    """Lines are lost, doubled, swapped, or stand deeper or less deep."""
    lines = text.splitlines(keepends=True)
    for _ in range(random.randint(1, 3)):
        place, other = random.randrange(len(lines)), random.randrange(len(lines))
        match random.randrange(5):
            case 0:
                lines[place] = ""
            case 1:
                lines[place] *= random.choice((2, 2, 200))
            case 2:
                lines[place], lines[other] = lines[other], lines[place]
            case 3:
                lines[place] = " " * random.randint(1, 4) + lines[place]
            case _:
                lines[place] = lines[place].removeprefix("  ")
    return "".join(lines).encode()


def _cut_off(text: str, random: Random) -> bytes:
    """It ends in the middle, or begins there."""
    place = random.randrange(len(text))
    return (text[:place] if random.random() < 0.7 else text[place:]).encode()


def _replace_word(text: str, random: Random) -> bytes:
    """A word stands for another of the same file."""
    words = list(re.finditer(r"[\w.${}-]+", text))
    for _ in range(random.randint(1, 2)):
        found = random.choice(words)
        text = text[: found.start()] + random.choice(words)[0] + text[found.end() :]
    return text.encode()


def _replace_value(text: str, random: Random) -> bytes:
    """A value is another, of another kind or size."""
    tree = parse_source(text, "good.yaml").data
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        holder, key = random.choice(list(find_places(tree)))
        holder[key] = deepcopy(random.choice(WRONG))
    return _dump(tree)


def _rename_key(text: str, random: Random) -> bytes:
    """A key is called something else: nearly the same, what another is called, or what nobody would."""
    tree = parse_source(text, "good.yaml").data
    holder, key = random.choice([(one, name) for one, name in find_places(tree) if isinstance(one, dict)])
    keys = [str(name) for one, name in find_places(tree) if isinstance(one, dict)]
    place = random.randrange(len(str(key)) + 1)
    named = random.choice((
        str(key)[:place] + str(key)[place + 1 :], str(key) + "x", str(key).upper(), random.choice(keys),
        str(random.choice([one for one in WRONG if isinstance(one, str | int)])),
    ))  # fmt: skip
    entries = [(named if name == key else name, value) for name, value in holder.items()]
    holder.clear()
    holder.update(entries)
    return _dump(tree)


def _move_part(text: str, random: Random) -> bytes:
    """A part stands where another was, which may be inside of it, or is gone."""
    tree = parse_source(text, "good.yaml").data
    places = list(find_places(tree))
    holder, key = random.choice(places)
    if random.random() < 0.3:
        del holder[key]
    else:
        source, name = random.choice(places)
        holder[key] = json.loads(json.dumps(source[name], default=str))
    return _dump(tree)


def _wrap_part(text: str, random: Random) -> bytes:
    """A part stands in lists or mappings that nobody asked for."""
    tree = parse_source(text, "good.yaml").data
    holder, key = random.choice(list(find_places(tree)))
    for _ in range(random.choice((1, 1, 2, 30, 60))):
        holder[key] = [holder[key]] if random.random() < 0.5 else {random.choice(("x", "list", "object")): holder[key]}
    return _dump(tree)


_WAYS: Final[tuple[Callable[[str, Random], bytes], ...]] = (
    _edit_bytes, _insert_pieces, _move_lines, _cut_off, _replace_word, _replace_value, _replace_value, _replace_value,
    _rename_key, _move_part, _wrap_part,
)  # fmt: skip


def find_places(tree: Any) -> list[tuple[Any, Any]]:
    """Every key or index there is, with what it is in."""
    found: list[tuple[Any, Any]] = []
    pending = [tree]
    while pending:
        holder = pending.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        found += [(holder, key) for key in keys]
        pending += [holder[key] for key in keys if isinstance(holder[key], dict | list)]
    return found


def _dump(tree: Any) -> bytes:
    """As JSON with a value a line, which YAML reads; a number as a key is written as such."""
    text = json.dumps(tree, indent=1, ensure_ascii=False, default=str)
    return re.sub(r'^( *)"(\d+)":', r"\1\2:", text, flags=re.MULTILINE).encode("utf-8", "surrogatepass")
