"""How each client came back after it had lost its connection: the server's record, judged, and told as a story."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.testing.reading import read_as
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Attempt:
    """A client knocked: `after_s` is since its loss or the attempt before, `status` what it was answered.

    `outcome` is open or refused.
    """

    at: float
    window: str
    after_s: float | None
    outcome: str
    status: int


@dataclass(frozen=True, slots=True)
class Loss:
    """A connection ended: `how`, `by` whom (server, client, network), and for how long nothing took its place."""

    at: float
    window: str
    how: str
    by: str
    code: int | None
    down_s: float | None


@dataclass(frozen=True, slots=True)
class Reconnects:
    """All of one client: its attempts and losses, pauses and their jitter (0: always the same), and what it was told.

    `missed` are events that never reached it, `doubled` those it was told twice, `gaps` places where it was told that
    something is missing, after which it had to fetch anew (`refetched`).
    """

    client: str
    connected: bool
    window: str | None
    attempts: tuple[Attempt, ...]
    losses: tuple[Loss, ...]
    delays_s: tuple[float, ...]
    jitter: float
    topics: Mapping[str, Sequence[str]]
    delivered: int
    missed: int
    doubled: int
    gaps: int
    refetched: bool
    missed_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """What a client is asked for that has lost its connection."""

    max_attempts: int | None = None
    no_missed_events: bool = True
    min_jitter: float | None = None

    def is_lost_on(self, record: Reconnects) -> bool:
        """Whether nothing that is still to come can meet it."""
        return self.max_attempts is not None and _most_tries(record) > self.max_attempts

    def judge(self, record: Reconnects) -> Iterator[str]:
        """What is not as it should be, one sentence each; whether it is back is another question."""
        if self.is_lost_on(record):
            most = _most_tries(record)
            yield f"it took {most} attempt{'s' if most > 1 else ''}, and at most {self.max_attempts} were allowed"
        if self.no_missed_events and record.missed:
            ids = f": {', '.join(record.missed_ids)}" if record.missed_ids else ""
            yield f"it missed {record.missed} of the events it had asked for{ids}"
        if self.no_missed_events and record.gaps and not record.refetched:
            yield "it was told of a gap, and has not fetched its data anew"
        if self.min_jitter is not None and record.jitter < self.min_jitter:
            yield f"its pauses vary by {record.jitter:.2f} and not by {self.min_jitter:.2f}: all would be back at once"


def read_reconnects(told: Mapping[str, Any]) -> Reconnects:
    """A record as the control plane tells it."""
    return read_as(
        Reconnects,
        told,
        attempts=tuple(read_as(Attempt, one) for one in told["attempts"]),
        losses=tuple(read_as(Loss, one) for one in told["losses"]),
        delays_s=tuple(told["delays_s"]),
        missed_ids=tuple(told["missed_ids"]),
    )


def is_back(record: Reconnects) -> bool:
    """Whether it has a connection after a loss."""
    return bool(record.losses) and record.connected


def was_cut_off(record: Reconnects) -> bool:
    """Whether it lost a connection that it had not ended itself, or came back though it had."""
    return is_back(record) or any(one.by != "client" for one in record.losses)


def tries(record: Reconnects) -> Iterator[list[Attempt]]:
    """The attempts that followed each loss, up to the one that was let in."""
    for place, loss in enumerate(record.losses):
        later = record.losses[place + 1].at if place + 1 < len(record.losses) else float("inf")
        made: list[Attempt] = []
        for one in record.attempts:
            if loss.at <= one.at < later and not any(two.outcome == "open" for two in made):
                made.append(one)
        yield made


def _most_tries(record: Reconnects) -> int:
    return max(map(len, tries(record)), default=0)


def narrate(record: Reconnects) -> list[str]:
    """What happened, a line each, in order; seconds are since the first of it."""
    told = [(one.at, _tell_loss(one)) for one in record.losses]
    told += [(one.at, _tell_attempt(one)) for one in record.attempts]
    told.sort(key=lambda one: one[0])
    began = told[0][0] if told else 0.0
    state = f"connected by {record.window}" if record.connected else "not connected"
    lines = [f"{record.client}: {state}"]
    lines += [f"  {at - began:8.3f} s  {text}" for at, text in told]
    counts = f"{record.delivered} delivered, {record.missed} missed, {record.doubled} doubled, {record.gaps} gaps"
    pauses = ", ".join(f"{one:.2f}" for one in record.delays_s)
    lines.append(f"  events: {counts}{', fetched anew' if record.refetched else ''}")
    if pauses:
        lines.append(f"  pauses: {pauses} s, jitter {record.jitter:.2f}")
    before, after = ([*record.topics.get(name, ())] for name in ("before", "after"))
    if before != after:
        lines.append(f"  topics: {', '.join(before) or 'none'} before, {', '.join(after) or 'none'} after")
    return lines


def _tell_loss(loss: Loss) -> str:
    code = "" if loss.code is None else f" {loss.code}"
    down = "not back" if loss.down_s is None else f"down for {loss.down_s:.2f} s"
    return f"lost {loss.window}: {loss.how}{code} by the {loss.by}, {down}"


def _tell_attempt(attempt: Attempt) -> str:
    outcome = "open" if attempt.outcome == "open" else f"{attempt.outcome} with {attempt.status}"
    after = "" if attempt.after_s is None else f" after {attempt.after_s:.2f} s"
    return f"tried {attempt.window}{after}: {outcome}"
