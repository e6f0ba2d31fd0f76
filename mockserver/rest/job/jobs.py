"""The jobs of a sandbox that are under way, and when each of them goes on. Knows neither documents nor conventions."""

from collections import deque
from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from mockserver.definitions.quantity import shift
from mockserver.formula.formula import Settings
from mockserver.messages import Document, Key
from mockserver.value import dataclass

if TYPE_CHECKING:
    from mockserver.rest.job.plan import JobPlan

_FAILURES: Final = 20


@dataclass(frozen=True, slots=True)
class Due:
    """What happens to a job at a moment; no settings mean that its document goes."""

    at: datetime
    settings: Settings | None


@dataclass(slots=True)
class Job:
    """One job: its document's id, what is still to come, and how the fields that change were left.

    `number` counts the jobs of one action; `names` is what its expressions take of the request, as long as it runs.
    """

    plan: "JobPlan"
    key: Key
    number: int
    started: datetime
    names: Mapping[str, Any]
    coming: deque[Due]
    left: Document
    runs_on: bool
    """Whether it never ends by itself."""

    @property
    def place(self) -> tuple[str, Key]:
        """The resource and id of its document."""
        return self.plan.resource.name, self.key

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.runs_on or any(due.settings is not None for due in self.coming)

    def moved(self, later: timedelta) -> "Job":
        """The same job in a life of its own, everything so much later."""
        coming = deque(replace(due, at=shift(due.at, later)) for due in self.coming)
        return replace(self, coming=coming, started=shift(self.started, later))


def _when(waiting: tuple[datetime, int, Job]) -> tuple[datetime, int]:
    return waiting[:2]


class Jobs:
    """All jobs of one sandbox, by their documents and by when they go on.

    `failures` are sentences about the latest that could not go on.
    """

    __slots__ = ("_by_place", "_numbers", "_order", "_waiting", "failures")

    def __init__(self) -> None:
        self.failures: deque[str] = deque(maxlen=_FAILURES)
        self.clear()

    def clear(self) -> None:
        """Forget them all, and how many there were."""
        self._waiting: list[tuple[datetime, int, Job]] = []
        self._by_place: dict[tuple[str, Key], Job] = {}
        self._numbers: dict[str, int] = {}
        self._order = count()
        self.failures.clear()

    def copy(self) -> "Jobs":
        """The same jobs, which go on apart from these."""
        made = Jobs()
        made.adopt(self, timedelta())
        return made

    def adopt(self, other: "Jobs", later: timedelta) -> None:
        """Go on with the jobs of another and none else, each thing so much later."""
        self.clear()
        self._numbers = other._numbers.copy()
        jobs = {id(job): job for _, _, job in sorted(other._waiting, key=_when)}
        jobs |= {id(job): job for job in other._by_place.values()}
        copies = {one: job.moved(later) for one, job in jobs.items()}
        self._by_place = {place: copies[id(job)] for place, job in other._by_place.items()}
        for job in copies.values():
            self._wait(job)

    def __len__(self) -> int:
        return len(self._by_place)

    def number(self, action: str) -> int:
        """How many jobs of an action there have been."""
        return self._numbers.get(action, 0)

    @property
    def next_at(self) -> datetime | None:
        """When the next of them goes on."""
        return self._waiting[0][0] if self._waiting else None

    def start(self, job: Job) -> None:
        """Take in a job whose document is made."""
        self._numbers[job.plan.action] = job.number + 1
        self._by_place[job.place] = job
        self.schedule(job)

    def at(self, resource: str, key: Key) -> Job | None:
        """The job of a document."""
        return self._by_place.get((resource, key))

    def schedule(self, job: Job) -> None:
        """Wait for the next thing to happen to a job; one to which nothing more happens is forgotten."""
        if not job.is_running:
            job.names = {}
        self._wait(job)
        if not job.coming and not job.runs_on:
            self.forget(job)

    def _wait(self, job: Job) -> None:
        if job.coming:
            heappush(self._waiting, (job.coming[0].at, next(self._order), job))

    def forget(self, job: Job) -> None:
        """Leave a job alone from now on."""
        job.coming.clear()
        job.runs_on = False
        job.names = {}
        if self._by_place.get(job.place) is job:
            del self._by_place[job.place]

    def keep(self, resources: Container[str]) -> None:
        """Leave alone the jobs of all other resources: their documents are not what they were."""
        for job in list(self._by_place.values()):
            if job.plan.resource.name not in resources:
                self.forget(job)

    def put_back(self, job: Job, due: Due) -> None:
        """Let a job go on with what was taken out, as soon as it can."""
        job.coming.appendleft(due)
        self._wait(job)

    def take_due(self, now: datetime) -> tuple[Job, Due] | None:
        """The first of all that is due, taken out."""
        while self._waiting and self._waiting[0][0] <= now:
            at, _, job = heappop(self._waiting)
            # One that was cancelled or forgotten meanwhile waits for something else, or for nothing.
            if job.coming and job.coming[0].at == at:
                return job, job.coming.popleft()
        return None
