"""Answers the requests to one action."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from mockserver.definitions.pattern import RoutePattern
from mockserver.definitions.quantity import write_instant
from mockserver.formula.scope import Headers, Scope, described, functions
from mockserver.generation.schema import ID
from mockserver.generation.seeding import Streams
from mockserver.messages import Document, Outcome, Reply
from mockserver.rest.action.action import Action
from mockserver.rest.action.intake import IntakeReader
from mockserver.rest.action.reply import TakenBack
from mockserver.rest.action.step import Run, Workshop
from mockserver.rest.action.tally import Tally
from mockserver.rest.endpoint import Call
from mockserver.rest.job.jobs import Job
from mockserver.rest.job.plan import JOB, JobPlan
from mockserver.rest.job.runner import JobRunner
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class ActionEndpoint:
    """One action over one sandbox."""

    action: Action
    prefixes: Sequence[str]
    shop: Workshop
    reader: IntakeReader
    runner: JobRunner
    tally: Tally

    is_public: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """What the action is called."""
        return self.action.name

    @property
    def is_bare(self) -> bool:
        """Whether any of its answers is written as it is."""
        return any(reply.is_bare for reply in self.action.replies)

    @property
    def routes(self) -> Sequence[RoutePattern]:
        """Where it is asked for."""
        return self.action.routes

    def answer(self, call: Call) -> Outcome | Reply:
        """The answer. *Raises* `Problem`, and then nothing is done."""
        with self.shop.store.lock:
            scope = self._scope(call)
            try:
                answer, job = self._do(call, scope)
            except TakenBack as refusal:
                return replace(refusal.reply, decided_by=self.name)
            if job is not None:
                self.runner.jobs.start(job)
        return replace(answer, decided_by=self.name) if isinstance(answer, Reply) else answer

    def _scope(self, call: Call) -> Scope:
        """What the expressions see in the beginning. *Raises* `BadRequest`, `Invalid` for what the client sent."""
        request, action = call.request, self.action
        known = self.shop.window.roles if action.lists else {}
        query = self.reader.query(action.query, request.query, known)
        body = None if action.body is None else self.reader.body(action.body, request)
        # Counted when all is read: the n-th draw does not depend on what was refused before.
        stream = Streams(self.shop.seed, "actions", action.name).at(b"%d" % self.tally.take(action.name))
        names = dict.fromkeys((*action.names, *(name for route in action.routes for name in route.names)))
        scope = Scope(self.shop.reading, {**names, **call.parameters, **functions(self.shop.reading, stream)}).plus(
            now=write_instant(self.shop.store.now()), user=described(call.caller.user), headers=Headers(request.headers)
        )
        scope = scope.plus(query=action.query.filled(query, scope))
        if action.body is not None and body is not None:
            scope = scope.plus(body=action.body.filled(body, scope))
        return scope

    def _do(self, call: Call, scope: Scope) -> tuple[Outcome | Reply, Job | None]:
        """All steps and the answer, or none of it."""
        with self.shop.store.transaction() as transaction:
            run = Run(self.shop, transaction, call.request, call.caller.sees, scope)
            for doing in self.action.doings:
                if doing.when is None or doing.when.holds(run.scope):
                    doing.step.run(run)
            job = None if self.action.job is None else self._start(self.action.job, run)
            return self._answer(run), job

    def _start(self, plan: JobPlan, run: Run) -> Job:
        document: Document = self.runner.make(plan, run.transaction, run.scope)
        job = self.runner.plan(plan, document, run.scope)
        row = self.shop.row(plan.resource, document)
        run.scope = run.scope.plus(**{JOB: row})
        location = run.location(plan.resource, job.key)
        run.outcome = Outcome("accepted", run.wire(plan.resource), dict(row), location=location, key=document[ID])
        return job

    def _answer(self, run: Run) -> Outcome | Reply:
        """The first reply that holds, else what the last step came to."""
        for reply in self.action.replies:
            if reply.when is None or reply.when.holds(run.scope):
                return reply.answer(run.outcome, run.scope, self.shop.reading.naming)
        return run.outcome
