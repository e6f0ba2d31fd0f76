"""The key `job` of an action as it is declared: the document, the times it changes at, how it may end."""

from typing import Annotated, Any

from pydantic import Field, Tag

from mockserver.definitions.field import Model
from mockserver.definitions.model import FieldName, Name
from mockserver.definitions.pattern import RoutePattern, Routes, RouteText
from mockserver.definitions.quantity import DurationText
from mockserver.definitions.union import one_of_shapes


class MomentSection(Model):
    """Fields of the job's document that change so long after it was made."""

    at: DurationText
    """How long after it was made."""
    set: dict[FieldName, Any]
    """The fields that change then."""


class OutcomeSection(Model):
    """One way to end: `at` a time, the fields of `set` change, and nothing does after.

    The first whose `when` holds is taken, else one of those without, each as likely as its `weight`. `timeline` are
    moments of this outcome alone.
    """

    at: DurationText
    """When it ends so."""
    set: dict[FieldName, Any] = {}
    """The fields that change with it."""
    when: Any = None
    """Whether it ends so, by an expression; by weight, unless given."""
    weight: Annotated[float, Field(ge=0)] = 1.0
    """How likely it is among those without `when`."""
    timeline: list[MomentSection] = []
    """Moments of this outcome alone."""


class CancelSection(Model):
    """How a running job is cancelled: parameters of the route are fields of its document."""

    route: Routes
    """Where it is cancelled."""
    set: dict[FieldName, Any] = {}
    """The fields that change with it."""
    message: str = ""
    """What the answer says."""
    body: Any = None
    """The body of the answer."""


class JobSection(Model):
    """A document that walks along a timeline; the action answers before it has ended.

    `expire` is how long the document is kept after its end.
    """

    resource: str
    """The resource whose document the job is."""
    set: dict[FieldName, Any] = {}
    """The fields of its document at first."""
    timeline: list[MomentSection] = []
    """How it changes as time goes by."""
    outcomes: dict[Name, OutcomeSection] = {}
    """The ways it may end, by name."""
    cancel: (
        Annotated[
            Annotated[RouteText, Tag("text")]
            | Annotated[list[RouteText], Tag("list")]
            | Annotated[CancelSection, Tag("mapping")],
            one_of_shapes("should be a route like POST /jobs/:id/cancel, or {route: …, set: {…}}"),
        ]
        | None
    ) = None
    """How it is cancelled."""
    expire: DurationText | None = None
    """How long its document is kept after its end."""

    @property
    def cancelling(self) -> CancelSection | None:
        """How it is cancelled, whichever way it was written."""
        if self.cancel is None or isinstance(self.cancel, CancelSection):
            return self.cancel
        routes: RoutePattern | list[RoutePattern] = self.cancel
        return CancelSection.model_construct(route=routes)
