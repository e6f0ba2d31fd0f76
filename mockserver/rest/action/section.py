"""The section `actions` as it is declared: routes, what they read, what they do, what they answer."""

from typing import TYPE_CHECKING, Annotated, Any, Final, Union

from pydantic import BeforeValidator, Discriminator, Field, Tag

from mockserver.definitions.field import FieldSpec, Model
from mockserver.definitions.manner import PathStep
from mockserver.definitions.model import FieldName
from mockserver.definitions.pattern import Routes
from mockserver.definitions.union import one_of_shapes, problem
from mockserver.errors import suggestion
from mockserver.rest.action.step import StepSection, steps
from mockserver.rest.job.section import JobSection

_KINDS: Final = dict(steps.items())


def _kind(value: Any) -> str:
    keys: Any = value if isinstance(value, dict) else type(value).model_fields
    return next((kind for kind in _KINDS if kind in keys), "")


def _one_kind(value: Any) -> Any:
    """A step is known by the one key that says what it does."""
    if isinstance(value, StepSection):
        return value
    if not isinstance(value, dict):
        raise problem("should be a step", "e.g. {create: animals, set: {…}}")
    chosen = [key for key in value if key in _KINDS]
    if len(chosen) == 1:
        return value
    if chosen:
        raise problem(f"does {len(chosen)} things: {', '.join(chosen)}", "make each a step of its own")
    strangers = [str(key) for key in value if key not in StepSection.model_fields]
    raise problem("says nothing to do", suggestion(strangers[0], _KINDS) if strangers else suggestion("", _KINDS))


if TYPE_CHECKING:
    StepSpec = StepSection
else:
    StepSpec = Annotated[
        Union[tuple(Annotated[model, Tag(kind)] for kind, model in _KINDS.items())],  # noqa: UP007 - made at run time
        Discriminator(_kind),
        BeforeValidator(_one_kind),
    ]


class ReplySection(Model):
    """What an action answers; of several the first whose `when` holds.

    A `status` of 400 or more is a problem with `message`, `details` and `errors` (fields of the body, or parameters,
    with what is wrong with each), and takes back what was done. `bare` leaves the convention's envelope out.
    """

    when: Any = True
    """Whether this one is given."""
    status: (
        Annotated[
            Annotated[Annotated[int, Field(ge=200, le=599)], Tag("number")] | Annotated[str, Tag("text")],
            one_of_shapes("should be a status from 200 to 599, or an expression that gives one"),
        ]
        | None
    ) = None
    """The status; 400 and above is a problem, and takes back what was done."""
    headers: dict[str, Any] = {}
    """Headers beside the usual ones."""
    body: Any = None
    """What is answered, in the convention's envelope."""
    message: str = ""
    """The words of a problem."""
    details: str = ""
    """More words on it."""
    errors: dict[str, str] = {}
    """Members of the body, or parameters, with what is wrong with each."""
    bare: bool = False
    """Leaves the convention's envelope out."""


Replies = Annotated[
    Annotated[ReplySection, Tag("mapping")] | Annotated[list[ReplySection], Field(min_length=1), Tag("list")],
    one_of_shapes("should be a reply like {status: 200, body: …}, or a list of them with 'when'"),
]


class ActionSection(Model):
    """One action. Its steps are all done, or none is; `strict` is the API's unless it says otherwise."""

    route: Routes
    """Where it is called."""
    application: PathStep | None = None
    """The part of the path that names the application, in linkis."""
    strict: bool | None = None
    """Whether members that are not declared are refused; as the API has it, unless given."""
    body: dict[FieldName, FieldSpec] | None = None
    """The members of the body, as fields are declared."""
    query: dict[FieldName, FieldSpec] | None = None
    """The parameters, as fields are declared."""
    do: list[StepSpec] = []
    """The steps: all are done, or none."""
    job: JobSection | None = None
    """What goes on after the answer."""
    reply: Replies | None = None
    """What is answered, or several with `when`."""
    describe: str | None = None
    """Words for people, in documents made from the definition."""

    @property
    def replies(self) -> list[ReplySection]:
        """The replies, however many are written."""
        if self.reply is None:
            return []
        return self.reply if isinstance(self.reply, list) else [self.reply]
