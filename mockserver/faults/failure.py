"""The conditions that faults name by a status."""

from collections.abc import Sequence

from mockserver.errors import FieldError, Problem, problem_of


def named_problem(status: int, detail: str = "", errors: Sequence[FieldError] = ()) -> Problem:
    """The condition that has a status, answered with that very one; what is not said the convention says."""
    problem = problem_of(status, detail, errors, {}, "")
    # They are the convention's own words and nobody's here.
    problem.details = None
    problem.is_exact = True
    return problem
