"""What is negotiated of permessage-deflate (RFC 7692): which of a client's offers is accepted. Compresses nothing."""

from collections.abc import Sequence
from typing import Final

from mockserver.value import dataclass

NAME: Final = "permessage-deflate"

Parameters = tuple[tuple[str, str | None], ...]
"""The parameters of an extension as offered: names and values, nothing where there is no value."""

_FLAGS: Final = frozenset({"server_no_context_takeover", "client_no_context_takeover"})
_WINDOWS: Final = {str(bits): bits for bits in range(8, 16)}
_LEAST_WINDOW_BITS: Final = 9
"""zlib can't compress for a window of 256 bytes."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was negotiated."""

    server_no_context_takeover: bool
    client_no_context_takeover: bool
    server_max_window_bits: int | None

    @property
    def header(self) -> str:
        """As `Sec-WebSocket-Extensions` of the answer has it."""
        words = [NAME]
        if self.server_no_context_takeover:
            words.append("server_no_context_takeover")
        if self.client_no_context_takeover:
            words.append("client_no_context_takeover")
        if self.server_max_window_bits is not None:
            words.append(f"server_max_window_bits={self.server_max_window_bits}")
        return "; ".join(words)


def agree(offers: Sequence[tuple[str, Parameters]]) -> Agreement | None:
    """The first of a client's offers that can be kept, or nothing (RFC 7692 §5, §7.1)."""
    for name, parameters in offers:
        if name == NAME and (agreed := _consider(parameters)) is not None:
            return agreed
    return None


def _consider(parameters: Parameters) -> Agreement | None:
    asked = dict(parameters)
    server_bits = asked.get("server_max_window_bits")
    is_sound = len(asked) == len(parameters) and all(_is_known(name, value) for name, value in parameters)
    if not is_sound or (server_bits is not None and _WINDOWS[server_bits] < _LEAST_WINDOW_BITS):
        return None
    return Agreement(
        "server_no_context_takeover" in asked,
        "client_no_context_takeover" in asked,
        None if server_bits is None else _WINDOWS[server_bits],
    )


def _is_known(name: str, value: str | None) -> bool:
    """Whether a parameter is one of RFC 7692's with a value that it may have."""
    if name in _FLAGS:
        return value is None
    if name == "client_max_window_bits":
        return value is None or value in _WINDOWS
    return name == "server_max_window_bits" and value in _WINDOWS
