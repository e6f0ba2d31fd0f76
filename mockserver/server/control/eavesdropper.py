"""Who shows the messages of sockets to those who want to see them, and looks at none where nobody does.

Secrets are taken out as they are for the journal; of a long message its beginning is shown.
"""

from base64 import b64encode
from collections.abc import Callable
from time import time
from typing import Final, Literal

from mockserver.messages import Json
from mockserver.realtime.channel.said import BREATH
from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Message
from mockserver.sandbox.redaction import redact_body, redact_text
from mockserver.server.control.hub import Hub
from mockserver.server.socket.conversation import Entry, Tap
from mockserver.server.socket.ending import Ending
from mockserver.server.socket.register import Sockets

_SHOWN: Final = 2048
_LOOKED_AT: Final = 64 * 1024
_JSON: Final = "application/json"

Secrets = Callable[[str], frozenset[str]]
"""The names under which a sandbox's definition has secrets."""


class Eavesdropper:
    """Listens on those sockets that somebody wants to hear, as long as somebody does."""

    def __init__(self, hub: Hub, sockets: Sockets, secrets: Secrets) -> None:
        self._hub = hub
        self._sockets = sockets
        self._secrets = secrets
        self._stop: Callable[[], None] | None = None
        hub.at_change(self._attend)

    def _attend(self) -> None:
        """Look anew at who wants to hear what."""
        is_wanted = self._hub.has_frame_readers
        if self._stop is None:
            if not is_wanted:
                return
            self._stop = self._sockets.watch(self._note)
        elif not is_wanted:
            self._stop()
            self._stop = None
        for entry in self._sockets:
            self._tap(entry)

    def _note(self, entry: Entry, ending: Ending | None) -> None:
        if ending is None:
            self._tap(entry)

    def _tap(self, entry: Entry) -> None:
        talk = entry.conversation
        is_heard = self._hub.has_frame_reader(talk.sandbox, entry.id)
        talk.traffic.tap = self._listener(entry) if is_heard else None

    def _listener(self, entry: Entry) -> Tap:
        talk = entry.conversation
        sandbox, is_stream = talk.sandbox, talk.transport == "sse"

        def hear(direction: Literal["in", "out"], message: Message) -> None:
            if message is BREATH:
                return

            def tell() -> dict[str, Json]:
                return {
                    "socket": entry.id,
                    "direction": direction,
                    **_show(message, self._secrets(sandbox), is_event=is_stream),
                    "at": time(),
                }

            self._hub.publish_frame(sandbox, entry.id, tell)

        return hear


def _show(message: Message, secrets: frozenset[str], *, is_event: bool) -> dict[str, Json]:
    """Kind, size and text of a message; what is no text is shown in base64, unless it names a secret."""
    is_binary = message.is_binary if isinstance(message, Frame) else isinstance(message, bytes)
    data = message.data if isinstance(message, Frame) else message
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    # What comes later is not shown, and looking for secrets in all of a long one would hold everyone else up.
    begin = raw[:_LOOKED_AT]
    shown = redact_text(redact_body(begin, _JSON, secrets), secrets)
    if is_binary and not is_event and shown == begin.decode("utf-8", "replace"):
        shown = b64encode(raw[: _SHOWN * 3 // 4]).decode()
    kind = "event" if is_event else "binary" if is_binary else "text"
    return {"kind": kind, "text": shown[:_SHOWN], "bytes": len(raw)}
