"""Joins the actions of a definition with what they work on: one endpoint each, and one for each way to cancel a job."""

from collections.abc import Mapping, Sequence

from mockserver.conventions.styled import Styled
from mockserver.definitions.model import CoreDefinition
from mockserver.formula.scope import Reading
from mockserver.generation.fill import Filler
from mockserver.generation.generate import Generation
from mockserver.generation.schema import Schema
from mockserver.query.naming import Naming
from mockserver.query.read import WindowReader
from mockserver.rest.action.action import Action
from mockserver.rest.action.endpoint import ActionEndpoint
from mockserver.rest.action.intake import IntakeReader
from mockserver.rest.action.step import Workshop
from mockserver.rest.action.tally import Tally
from mockserver.rest.endpoint import Endpoint
from mockserver.rest.job.endpoint import CancelEndpoint
from mockserver.rest.job.jobs import Jobs
from mockserver.rest.job.runner import JobRunner
from mockserver.rest.writing import Writing
from mockserver.store.store import Store
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Ground:
    """What actions stand on: a definition with its data, and what is remembered of a sandbox's life beside that."""

    definition: CoreDefinition
    generation: Generation
    store: Store
    filler: Filler
    tally: Tally
    jobs: Jobs


@dataclass(frozen=True, slots=True)
class Joined:
    """The actions at work: where they are asked for, and what makes their jobs go on."""

    endpoints: tuple[Endpoint, ...]
    runner: JobRunner


def join_actions(actions: Sequence[Action], ground: Ground, convention: Styled) -> Joined:
    """The actions, ready to be asked."""
    definition, store = ground.definition, ground.store
    naming = _naming(actions, store.schema, convention)
    writing = Writing(store, naming, ground.filler, definition.api.strict)
    reading = Reading(store, naming, ground.generation.named())
    window = WindowReader(convention.spelling, convention.paging, convention.read_query)
    shop = Workshop(reading, writing, _paths(definition, convention, store), window, definition.seed)
    runner = JobRunner(ground.jobs, reading, writing, definition.seed)
    reader = IntakeReader(store, naming, convention.spelling.any_case)
    endpoints: list[Endpoint] = []
    for action in actions:
        application = action.section.application or definition.api.application
        prefixes = convention.prefixes(definition.api.version, application)
        endpoints.append(ActionEndpoint(action, prefixes, shop, reader, runner, ground.tally))
        if action.job is not None and action.job.cancelling is not None:
            endpoints.append(CancelEndpoint(action.job, action.job.cancelling, prefixes, runner))
    return Joined(tuple(endpoints), runner)


def _naming(actions: Sequence[Action], schema: Schema, convention: Styled) -> Naming:
    """The spelling of names, those of what actions read among them."""
    forms = [form.resource for one in actions for form in (one.body, one.query) if form is not None]
    read = {f"{place} {form.name}": form for place, form in enumerate(forms)}
    whole = Schema({**schema.resources, **read}, schema.referring)
    return Naming(whole, convention.case, any_case=convention.spelling.any_case_bodies)


def _paths(definition: CoreDefinition, convention: Styled, store: Store) -> Mapping[str, str]:
    """The first address of every collection."""
    api = definition.api
    return {
        name: f"{convention.prefixes(api.version, resource.section.application or api.application)[0]}/{name}"
        for name, resource in store.schema.resources.items()
    }
