"""The files of a definition as text: finding, reading and decoding them, with every bound on what is read.

Knows nothing of YAML.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from stat import S_ISREG
from typing import Final, NamedTuple

from mockserver.definitions.quantity import write_size
from mockserver.errors import DefinitionError, DefinitionProblem, Position, nearest
from mockserver.value import dataclass

_SPLIT_IT = "split it into files of a folder, by resource, or give `serve` and `check` another --limit definition="
_SUFFIXES = (".yaml", ".yml")
_LINE_END = re.compile(r"\r\n|\r|\n")
# What YAML calls printable (§5.1), without U+0085, U+2028 and U+2029: YAML 1.1 and 1.2 differ on whether those end
# a line, and nobody sees them.
_UNFIT = "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_OTHER_ENCODINGS = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


class Extent(NamedTuple):
    """How much one file of a definition may be."""

    size_bytes: int = 1024 * 1024
    aliases: int = 100

    @property
    def too_large(self) -> str:
        """What is wrong with a file of more bytes."""
        return f"the definition is larger than {write_size(self.size_bytes)}"


EXTENT: Final = Extent()


@dataclass(frozen=True, slots=True)
class TextFile:
    """A definition file under the name it was asked for, whole and as lines without their ends."""

    name: str
    text: str
    lines: tuple[str, ...]

    def refuse(self, line: int, column: int, problem: str, hint: str, path: str = "") -> DefinitionProblem:
        """A problem at a place in this file; line and column count from 1."""
        shown = self.lines[line - 1] if line <= len(self.lines) else ""
        return DefinitionProblem(Position(self.name, line, column), path, problem, hint, shown)


def find_files(path: Path) -> Sequence[Path]:
    """The file itself, or the YAML files of a folder by name; hidden ones are left out.

    *Raises* `DefinitionError` when there is nothing, or nothing that may be read.
    """
    try:
        if not path.is_dir():
            return [path]
        children = sorted(path.iterdir(), key=lambda child: child.name)
        files = [child for child in children if _is_definition(child)]
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if not files:
        raise _refused(path, "the folder holds no *.yaml or *.yml file", "name a folder with a definition in it")
    return files


def read_text_file(path: Path, extent: Extent) -> TextFile:
    """The file's text; never reads more than the limit. *Raises* `DefinitionError`."""
    return decode_text_file(read_bytes(path, extent.size_bytes, extent.too_large, _SPLIT_IT), str(path), extent)


def read_bytes(path: Path, limit: int, problem: str, hint: str) -> bytes:
    """What the file holds; *raises* `DefinitionError` with this problem when that is more than the limit."""
    try:
        if not S_ISREG(path.stat().st_mode):
            # A pipe may have nobody at its other end, and a device no end at all.
            raise _refused(path, "it is no plain file", "save the definition in a file, and name that")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if len(content) > limit:
        raise _refused(path, problem, hint)
    return content


def decode_text_file(content: bytes, name: str, extent: Extent) -> TextFile:
    """Bytes as UTF-8 text of printable characters. *Raises* `DefinitionError` at the first byte that is neither."""
    if len(content) > extent.size_bytes:
        raise _refused(name, extent.too_large, _SPLIT_IT)
    file = decode_text(content, name)
    unfit = re.search(_UNFIT, file.text)
    if unfit:
        raise DefinitionError([_explain_unfit(file, unfit)])
    return file


def decode_text(content: bytes, name: str) -> TextFile:
    """Bytes as UTF-8 text. *Raises* `DefinitionError` at the first byte that is none."""
    for mark, encoding in _OTHER_ENCODINGS:
        if content.startswith(mark):
            raise _refused(name, f"the file is encoded in {encoding}", "save it as UTF-8 (without BOM)")
    try:
        return _split(content.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        raise _undecodable(content, name, error) from None


def _is_definition(child: Path) -> bool:
    return child.suffix.lower() in _SUFFIXES and not child.name.startswith(".") and not child.is_dir()


def _split(text: str, name: str) -> TextFile:
    return TextFile(name, text, tuple(_LINE_END.split(text)))


def _refused(name: Path | str, problem: str, hint: str) -> DefinitionError:
    return DefinitionError([DefinitionProblem(Position(str(name), 1, 1), "", problem, hint)])


def _unreadable(path: Path, error: OSError | ValueError) -> DefinitionError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return _refused(path, "there is no such file or folder", _neighbour(path))
    reason = (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
    return _refused(path, f"it can't be read: {reason}", "check its name and its permissions")


def _neighbour(path: Path) -> str:
    try:
        close = nearest(path.name, (child.name for child in path.parent.iterdir()))
    except OSError:
        return f"'{path.parent}' does not exist either"
    if close:
        return f"did you mean '{path.parent / close}'?"
    return "`mockserver init` writes a definition to start from"


def place_after(text: str) -> tuple[int, int]:
    """Line and column of the character that follows a text, from 1."""
    lines = _LINE_END.split(text)
    return len(lines), len(lines[-1]) + 1


def _undecodable(content: bytes, name: str, error: UnicodeDecodeError) -> DefinitionError:
    readable = _split(content.decode("utf-8", errors="replace"), name)
    line, column = place_after(content[: error.start].decode("utf-8"))
    problem = f"the byte 0x{content[error.start]:02x} is not UTF-8"
    return DefinitionError([readable.refuse(line, column, problem, "save the file as UTF-8")])


def _explain_unfit(file: TextFile, found: re.Match[str]) -> DefinitionProblem:
    code = ord(found.group())
    line, column = place_after(file.text[: found.start()])
    if code == 0xFEFF:
        what = "the file begins with a byte order mark (BOM)" if found.start() == 0 else "a byte order mark is in here"
        return file.refuse(line, column, what, "save it as UTF-8 without BOM")
    if code == 0:
        return file.refuse(line, column, "a NUL character is in here", "save it as plain text in UTF-8")
    escape = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    hint = f'remove it; in "double quotes" it can be written {escape}'
    return file.refuse(line, column, f"an invisible control character (U+{code:04X}) is in here", hint)
