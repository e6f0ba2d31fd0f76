"""The cases of the Autobahn|Testsuite as published, made to run on Python 3.

The suite is written for Python 2, and so is the library it drives its cases with; what a case does and expects is
taken over word for word, `fuzzer` does the rest. In Python 2 a text is a row of bytes: here it is one of characters
that stand for bytes (Latin-1), and the few idioms that mean something else today are replaced.
"""

import ast
import sys
import tarfile
from codecs import getincrementaldecoder
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final

RELEASE: Final = "autobahntestsuite-25.10.1"
_PRINT: Final = "print "
_HEX: Final = "published_binascii"


class Deflate:
    """What a client offers: stands for the library's `PerMessageDeflateOffer`, as far as cases use it."""

    def __init__(self, requestNoContextTakeover: bool = False, requestMaxWindowBits: int = 0) -> None:  # noqa: FBT001, FBT002, N803 - the library's names
        self.requestNoContextTakeover = requestNoContextTakeover
        self.requestMaxWindowBits = requestMaxWindowBits

    @property
    def header(self) -> str:
        words = ["permessage-deflate; client_no_context_takeover; client_max_window_bits"]
        if self.requestNoContextTakeover:
            words.append("server_no_context_takeover")
        if self.requestMaxWindowBits:
            words.append(f"server_max_window_bits={self.requestMaxWindowBits}")
        return "; ".join(words)


class Library:
    """Stands for the library's `WebSocketProtocol`: its numbers."""

    STATE_CLOSED, STATE_CONNECTING, STATE_CLOSING, STATE_OPEN = range(4)
    MESSAGE_TYPE_TEXT, MESSAGE_TYPE_BINARY = 1, 2
    CLOSE_STATUS_CODE_NORMAL = 1000
    CLOSE_STATUS_CODE_PROTOCOL_ERROR = 1002
    CLOSE_STATUS_CODE_INVALID_PAYLOAD = 1007
    CLOSE_STATUS_CODES_ALLOWED = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011)


def load_cases(archive: Path, folder: Path) -> list[Any]:
    """The classes of all cases, in their order; the archive's files go into the folder."""
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    home = folder / RELEASE / "autobahntestsuite"
    _stand_in(home)
    finder = _Finder(home / "case")
    sys.meta_path.insert(0, finder)
    try:
        package = finder.load("__init__")
    finally:
        sys.meta_path.remove(finder)
    package.Case.compare = lambda _self, one, other: one == other
    cases: list[Any] = package.Cases
    return cases


def name_of(case: Any) -> str:
    """`1.2.3` for the class `Case1_2_3`."""
    return str(case.__name__).removeprefix("Case").replace("_", ".")


class _Finder(MetaPathFinder, Loader):
    """Imports the modules of the cases, which name each other as Python 2 lets them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        return spec_from_loader(name, self) if (self._folder / f"{name}.py").exists() else None

    def create_module(self, _spec: ModuleSpec) -> None:
        """The usual one."""

    def exec_module(self, module: ModuleType) -> None:
        source = self._folder / f"{module.__name__}.py"
        text = source.read_text(encoding="latin-1")
        lines = [_translate(line) for line in text.replace("\t", "   ").split("\n")]
        tree = _Division().visit(ast.parse("\n".join(lines)))
        vars(module).update(xrange=range, type=_make_class)
        exec(compile(ast.fix_missing_locations(tree), source, "exec"), vars(module))  # noqa: S102 - what is published

    def load(self, name: str) -> Any:
        spec = self.find_spec(name)
        assert spec is not None, f"the suite has no {name}.py"
        module = module_from_spec(spec)
        self.exec_module(module)
        return module


def _translate(line: str) -> str:
    """A line of today. No case prints, only what the suite checks itself with."""
    words = line.lstrip()
    if words.startswith(_PRINT):
        return f"{line[: len(line) - len(words)]}pass"
    return line.replace("binascii", f"{_HEX} as binascii") if words.startswith("import ") else line


class _Division(ast.NodeTransformer):
    """Whole numbers divide to whole numbers."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.BinOp:
        self.generic_visit(node)
        return (
            ast.copy_location(ast.BinOp(node.left, ast.FloorDiv(), node.right), node)
            if isinstance(node.op, ast.Div)
            else node
        )


class Validator:
    """Stands for the library's `Utf8Validator`."""

    def reset(self) -> None:
        """It remembers nothing."""

    def validate(self, text: str) -> tuple[bool, bool]:
        """Whether a text may begin so, and whether it may end there."""
        data = text.encode("latin-1")
        try:
            getincrementaldecoder("utf-8")().decode(data)
        except UnicodeDecodeError:
            return False, False
        return True, data.decode("utf-8", "ignore").encode() == data


def _make_class(name: str, bases: tuple[type, ...], members: dict[str, Any]) -> type:
    """A class of the old style and of the new one at the same time, as there are in Python 2."""
    return type(name, tuple(base for base in bases if base is not object), members)


def _stand_in(home: Path) -> None:
    """Modules in the place of libraries for Python 2."""

    def hexed(text: str | bytes) -> str:
        return (text.encode("latin-1") if isinstance(text, str) else text).hex()

    _add_module("autobahn")
    _add_module("autobahn.websocket")
    _add_module("autobahn.websocket.utf8validator", Utf8Validator=Validator)
    _add_module("autobahn.websocket.protocol", WebSocketProtocol=Library)
    _add_module("autobahn.websocket.compress", **dict.fromkeys(_OFFERS, Deflate))
    _add_module("zope")
    _add_module("zope.interface", implements=lambda *_: None)
    _add_module("twisted")
    _add_module("twisted.internet", reactor=None, interfaces=SimpleNamespace(IPushProducer=None))
    _add_module("pkg_resources", resource_filename=lambda _package, name: str(home / name))
    _add_module(_HEX, b2a_hex=hexed, hexlify=hexed)


_OFFERS: Final = (
    "PerMessageDeflateOffer", "PerMessageDeflateOfferAccept", "PerMessageDeflateResponse",
    "PerMessageDeflateResponseAccept",
)  # fmt: skip


def _add_module(name: str, **members: object) -> None:
    module = ModuleType(name)
    module.__path__ = []
    vars(module).update(members)
    sys.modules[name] = module
