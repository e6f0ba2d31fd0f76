"""The endpoints of how clients have come back to the feed and to channels."""

from time import time
from typing import Final

from flask import Response

from mockserver.server.control.exchange import write_json, write_nothing
from mockserver.server.control.operation import (
    COUNT,
    FLAG,
    MAYBE_NUMBER,
    MAYBE_TEXT,
    NUMBER,
    TEXT,
    TEXTS,
    Operation,
    Rows,
    Shape,
    answer,
)
from mockserver.server.control.route import Routes
from mockserver.server.control.target import affect, instance_of
from mockserver.server.service import Service

_ATTEMPT: Final = Shape(
    "Attempt",
    {
        "at": NUMBER, "window": TEXT, "after_s": MAYBE_NUMBER, "outcome": {"enum": ["open", "refused"]},
        "status": COUNT,
    },
    describe="`after_s` is since the loss or the attempt before; null while another connection stood.",
)  # fmt: skip
_LOSS: Final = Shape(
    "Loss",
    {
        "at": NUMBER, "window": TEXT, "how": {"enum": ["close", "drop", "reset", "stall", "late", "status"]},
        "by": {"enum": ["server", "client", "network"]}, "code": {"type": ["integer", "null"]}, "down_s": MAYBE_NUMBER,
    },
    describe="`code` is that of a Close frame, or the status of a poll.",
)  # fmt: skip
_TOPICS: Final = Shape("Topics", {"before": TEXTS, "after": TEXTS}, describe="`*` stands for all.")
_RECORD: Final = Shape(
    "Reconnects",
    {
        "client": TEXT, "connected": FLAG, "window": MAYBE_TEXT, "attempts": Rows(_ATTEMPT), "losses": Rows(_LOSS),
        "delays_s": {"type": "array", "items": NUMBER}, "jitter": {"type": "number", "minimum": 0, "maximum": 1},
        "topics": _TOPICS, "delivered": COUNT, "missed": COUNT, "doubled": COUNT, "gaps": COUNT, "refetched": FLAG,
        "missed_ids": TEXTS,
    },
)  # fmt: skip


def add_reconnects(routes: Routes, service: Service) -> None:
    """`/api/reconnects`."""

    @routes.on(
        "GET",
        "/api/reconnects",
        Operation("How clients have come back", answer("One record a client, the oldest first.", Rows(_RECORD))),
    )
    def show() -> Response:
        return write_json(instance_of(service).reconnects.to_json(time()))

    @routes.on("DELETE", "/api/reconnects", Operation("Forget it", answer("Nothing is known of before.")))
    def forget() -> Response:
        affect(service, lambda instance: instance.reconnects.clear())
        return write_nothing()
