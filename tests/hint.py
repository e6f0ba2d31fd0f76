"""Hints of problems as tables of tests have them: what only repeats the meaning of a key is left out there."""

from functools import cache

from mockserver.definitions.advice import explain_key
from mockserver.definitions.model import CoreDefinition
from mockserver.errors import DefinitionProblem
from mockserver.server.assemble.composition import definition_model


@cache
def _model() -> type[CoreDefinition]:
    return definition_model()


def own_hint(problem: DefinitionProblem) -> str:
    """What is said of this problem alone; nothing where the hint is what the key is for. One of both there is."""
    assert problem.hint
    return "" if problem.hint == explain_key(_model(), problem.path.split(".")) else problem.hint
