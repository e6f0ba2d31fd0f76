"""Makes jobs go on: starts them, catches up with the clock, cancels them. What changes is in `Jobs` and the store."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from mockserver.definitions.quantity import write_instant
from mockserver.errors import Conflict, InsufficientStorage, Problem
from mockserver.formula.scope import Reading, Row, Scope, functions, part_of
from mockserver.generation.schema import ID, Resource
from mockserver.generation.seeding import Streams
from mockserver.messages import Document
from mockserver.rest.job.jobs import Due, Job, Jobs
from mockserver.rest.job.plan import JOB, Cancelling, Ending, JobPlan
from mockserver.rest.writing import Writing
from mockserver.store.store import Store, Transaction
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class JobRunner:
    """The jobs of one sandbox over the definition that is served."""

    jobs: Jobs
    reading: Reading
    writing: Writing
    seed: int

    @property
    def store(self) -> Store:
        """The collections."""
        return self.reading.store

    def make(self, plan: JobPlan, transaction: Transaction, scope: Scope) -> Document:
        """The document of a new job, put in a transaction under way. *Raises* `Problem`."""
        draft = self.writing.made(plan.resource, plan.settings.values(scope))
        return transaction.put(plan.resource, draft)

    def plan(self, plan: JobPlan, document: Document, scope: Scope) -> Job:
        """The job of a document that was made, its way and end chosen. *Raises* `ServerError`.

        The n-th job of an action ends the same way in every run, unless what is asked for decides.
        """
        number, started, key = self.jobs.number(plan.action), self.store.now(), document[ID]
        assert isinstance(key, int | str)  # noqa: S101 - as every id
        ending = self._choose(plan, number, scope.plus(job=Row(self.reading, plan.resource, document), elapsed_ms=0))
        coming = deque(Due(one.at.after(started), one.settings) for one in plan.moments(ending))
        runs_on = ending is None and (bool(plan.endings) or not coming)
        if plan.expire is not None and not runs_on:
            coming.append(Due(plan.expire.after(coming[-1].at if coming else started), None))
        left = {name: document.get(name) for name in plan.fields}
        return Job(plan, key, number, started, part_of(scope, plan.ends), coming, left, runs_on)

    def _choose(self, plan: JobPlan, number: int, scope: Scope) -> Ending | None:
        """The first ending whose condition holds, else one of those without, by weight."""
        for ending in plan.endings:
            if ending.when is not None and ending.when.holds(scope):
                return ending
        free = [one for one in plan.endings if one.when is None and one.weight]
        if not free:
            return None
        totals = list(accumulate(one.weight for one in free))
        point = Streams(self.seed, "jobs", plan.action).at(b"%d" % number).unit() * totals[-1]
        return next((one for one, total in zip(free, totals, strict=True) if point < total), free[-1])

    def advance(self) -> None:
        """Do all that is due by now, each thing at its moment, in the order of these."""
        if self.jobs.next_at is None:
            return
        now = self.store.now()
        while (due := self.jobs.take_due(now)) is not None:
            try:
                self._go_on(*due)
            except InsufficientStorage:
                # It stands still until there is room again.
                self.jobs.put_back(*due)
                return

    def next_due_s(self) -> float | None:
        """In how many seconds something is due, at the earliest; nothing when nothing will be."""
        at = self.jobs.next_at
        return None if at is None else max(0.0, (at - self.store.now()).total_seconds())

    def _go_on(self, job: Job, due: Due) -> None:
        """One thing that happens to a job, which is left alone from now on when somebody else has changed it."""
        current = self._current(job)
        if current is None:
            self.jobs.forget(job)
            return
        resource, document = current
        left = job.left
        try:
            with self.store.transaction(due.at) as transaction:
                if due.settings is None:
                    transaction.delete(resource, job.key)
                else:
                    self._change(job, resource, document, due, transaction)
        except InsufficientStorage:
            job.left = left
            raise
        except Problem as problem:
            said = f"Job {job.key} of '{job.plan.action}' could not go on at {write_instant(due.at)}: {problem.detail}"
            self.jobs.failures.append(said)
            self.jobs.forget(job)
        else:
            self.jobs.schedule(job)

    def _current(self, job: Job) -> tuple[Resource, Document] | None:
        """The document of a job, as the job left it; nothing where it is gone, or another's by now."""
        resource = self.store.schema.resources.get(job.plan.resource.name)
        document = None if resource is None else self.store[resource.name].get(job.key)
        if resource is None or document is None:
            return None
        if any(document.get(name) != value for name, value in job.left.items()):
            return None
        return resource, document

    def _change(self, job: Job, resource: Resource, document: Document, due: Due, written: Transaction) -> Document:
        scope = self.scope(job, resource, document, due.at)
        values = {} if due.settings is None else due.settings.values(scope)
        whole = written.put(resource, self.writing.changed(resource, document, values))
        job.left = {name: whole.get(name) for name in job.left}
        return whole

    def scope(self, job: Job, resource: Resource, document: Document, at: datetime) -> Scope:
        """What the expressions of a job see at a moment."""
        stream = Streams(self.seed, "jobs", job.plan.action, "moments").at(f"{job.number}/{at.timestamp()}".encode())
        elapsed = round((at - job.started).total_seconds() * 1000)
        named: Mapping[str, Callable[..., Any]] = functions(self.reading, stream)
        row = Row(self.reading, resource, document)
        return Scope(self.reading, {**job.names, **named, "now": write_instant(at), JOB: row, "elapsed_ms": elapsed})

    def cancel(self, cancelling: Cancelling, resource: Resource, document: Document) -> Scope:
        """End a running job now; what expressions see then. *Raises* `Conflict` when it does not run."""
        key = document[ID]
        job = self.jobs.at(resource.name, key) if isinstance(key, int | str) else None
        current = self._current(job) if job is not None and job.is_running else None
        if job is None or current is None:
            raise Conflict(f"The {resource.singular()} {key} is not running.")
        now = self.store.now()
        with self.store.transaction() as transaction:
            whole = self._change(job, resource, document, Due(now, cancelling.settings), transaction)
            scope = self.scope(job, resource, whole, now)
        job.coming.clear()
        job.runs_on = False
        if job.plan.expire is not None:
            job.coming.append(Due(job.plan.expire.after(now), None))
        self.jobs.schedule(job)
        return scope


def first_match(documents: Sequence[Document], resource: Resource, wanted: Mapping[str, str]) -> Document | None:
    """The document whose fields are these texts."""

    def is_meant(document: Document, name: str, text: str) -> bool:
        value = resource.key_from(text) if name == resource.id.name else text
        return document.get(name) == value or str(document.get(name)) == text

    return next((one for one in documents if all(is_meant(one, *pair) for pair in wanted.items())), None)
