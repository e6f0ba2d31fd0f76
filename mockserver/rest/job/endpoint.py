"""The route that cancels a job."""

from collections.abc import Sequence
from typing import ClassVar

from mockserver.definitions.pattern import RoutePattern
from mockserver.errors import NotFound
from mockserver.messages import Outcome
from mockserver.rest.endpoint import Call
from mockserver.rest.job.plan import JOB, Cancelling, JobPlan
from mockserver.rest.job.runner import JobRunner, first_match
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class CancelEndpoint:
    """Ends running jobs; those that are not found by the parameters of the path are as if absent."""

    plan: JobPlan
    cancelling: Cancelling
    prefixes: Sequence[str]
    runner: JobRunner

    is_public: ClassVar[bool] = False
    is_bare: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """What is cancelled."""
        return f"{self.plan.action}.cancel"

    @property
    def routes(self) -> Sequence[RoutePattern]:
        """Where it is asked for."""
        return self.cancelling.routes

    def answer(self, call: Call) -> Outcome:
        """The job as it ended. *Raises* `NotFound`, `Conflict`."""
        resource, store = self.plan.resource, self.runner.store
        with store.lock:
            rows = [one for one in store[resource.name] if call.caller.sees(resource.name, one)]
            found = first_match(rows, resource, call.parameters)
            if found is None:
                raise NotFound(f"There is no {resource.singular()} {', '.join(call.parameters.values())}.")
            scope = self.runner.cancel(self.cancelling, resource, found)
            row, body = scope[JOB], self.cancelling.body
            item = dict(row) if body is None else body.value(scope)
            wire, said = self.runner.reading.naming.wire(resource.name), self.cancelling.message.text(scope)
            return Outcome("read", wire, item, key=row[resource.id.name], message=said)
