"""The rows that every server of a comparison serves: tickets, three messages each, the same for the same number."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

SEED: Final = 42
STATES: Final = ("open", "pending", "solved", "closed")
WORDS: Final = (
    "printer", "login", "invoice", "refund", "delivery", "password", "export", "crash", "slow", "error", "mobile",
    "sync", "calendar", "payment", "webhook", "report", "search", "upload", "import", "token", "session", "email",
    "account", "billing", "license", "update", "network", "browser", "dashboard", "widget",
)  # fmt: skip
FIRST_NAMES: Final = (
    "Ada", "Ben", "Cora", "Dan", "Eve", "Finn", "Gia", "Hugo", "Ida", "Jon", "Kim", "Leo", "Mia", "Ned", "Ola", "Pia",
    "Quin", "Rae", "Sam", "Tess",
)  # fmt: skip
LAST_NAMES: Final = (
    "Abbott", "Brown", "Clark", "Davis", "Evans", "Ford", "Green", "Hill", "Irwin", "Jones", "King", "Lewis", "Moore",
    "Nash", "Owens", "Price",
)  # fmt: skip
BEGIN: Final = datetime(2024, 1, 1)  # noqa: DTZ001  # all of them are written with a Z
SPAN_S: Final = 600 * 24 * 3600
"""Tickets are made within so many seconds after the beginning."""

NEW: Final[dict[str, Any]] = {
    "subject": "New ticket",
    "state": "open",
    "priority": 2,
    "customer_name": "Ada Brown",
    "created_at": "2024-05-01T10:00:00Z",
    "updated_at": "2024-05-01T10:00:00Z",
}
"""What is posted."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What stands in a database, as JSON has it."""

    tickets: list[dict[str, Any]]
    messages: list[dict[str, Any]]

    def with_text_ids(self) -> "Rows":
        """The same for a server that knows ids of text only."""
        return Rows(
            [{**row, "id": str(row["id"])} for row in self.tickets],
            [{**row, "id": str(row["id"])} for row in self.messages],
        )

    def database(self) -> dict[str, Any]:
        return asdict(self)


def make_rows(count: int) -> Rows:
    """So many tickets with their messages."""
    draw = Random(SEED)
    rows = Rows([], [])
    for number in range(1, count + 1):
        created = BEGIN + timedelta(seconds=draw.randrange(SPAN_S))
        rows.tickets.append(_make_ticket(draw, number, created))
        for minute in range(3):
            message = {"id": len(rows.messages) + 1, "ticket_id": number, "author": _draw_name(draw)}
            message |= {"body": " ".join(draw.choices(WORDS, k=14)), "created_at": _write(created, minute * 60)}
            rows.messages.append(message)
    return rows


def _make_ticket(draw: Random, number: int, created: datetime) -> dict[str, Any]:
    updated_after_s = draw.randrange(30 * 24 * 3600)
    return {
        "id": number,
        "subject": " ".join(draw.choices(WORDS, k=6)).capitalize(),
        "state": draw.choice(STATES),
        "priority": draw.randrange(5),
        "customer_name": _draw_name(draw),
        "created_at": _write(created),
        "updated_at": _write(created, updated_after_s),
    }


def _draw_name(draw: Random) -> str:
    return f"{draw.choice(FIRST_NAMES)} {draw.choice(LAST_NAMES)}"


def _write(moment: datetime, later_s: int = 0) -> str:
    return f"{(moment + timedelta(seconds=later_s)).isoformat()}Z"
