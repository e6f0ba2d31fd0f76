"""Bytes as rules write them: a text in UTF-8, or `{base64: …}`."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from typing import Any, Final

from mockserver.errors import ServerError
from mockserver.formula.formula import Formula
from mockserver.formula.names import Meaning
from mockserver.realtime.channel.effect import RuleLoading
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass

_BASE64: Final = "base64"
_BACK: Final = ("raw",)


@dataclass(frozen=True, slots=True)
class Binary:
    """Bytes that are worked out."""

    value: Formula
    is_base64: bool

    def data(self, scope: Mapping[str, Any]) -> bytes:
        """The bytes. *Raises* `ServerError` for what is no base64."""
        if self.is_base64 and self.value.way == _BACK and isinstance(scope, Turn) and scope.data is not None:
            return scope.data
        text = self.value.text(scope)
        if not self.is_base64:
            return text.encode("utf-8", "replace")
        try:
            return b64decode(text, validate=True)
        except (Error, ValueError):
            raise ServerError(f"{self.value.place}: gives a text that is not base64.") from None


def load_binary(loading: RuleLoading, value: Any, key: str, more: Mapping[str, Meaning] | None = None) -> Binary:
    """The bytes with their expressions compiled."""
    if isinstance(value, dict) and set(value) == {_BASE64}:
        inner = value[_BASE64]
        if isinstance(inner, str) and "${" not in inner:
            try:
                b64decode(inner, validate=True)
            except (Error, ValueError):
                loading.note(key, f"'{inner[:40]}' is not base64", "e.g. {base64: SGVsbG8=}")
        return Binary(loading.text(inner, key, more), is_base64=True)
    return Binary(loading.text(value, key, more), is_base64=False)
