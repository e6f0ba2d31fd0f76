"""`let: {total: "${…}"}`: names for values that the steps after it need."""

from collections.abc import Mapping
from typing import Any

from mockserver.formula.formula import Formula
from mockserver.generation.shape import ANY
from mockserver.rest.action.step import RowName, Run, Step, StepLoading, StepSection, steps
from mockserver.value import dataclass


@steps.register("let")
class LetSection(StepSection):
    """Each value is worked out once, in the order they stand; one may use those before it."""

    let: dict[RowName, Any]
    """Values by name, which later expressions may use."""

    def load(self, loading: StepLoading) -> Step:
        formulas: dict[str, Formula] = {}
        for name, value in self.let.items():
            where = (*loading.where, "let", name)
            formulas[name] = loading.loading.formula(value, where, loading.names.plus(loading.given))
            loading.claim(name, where, ANY)
        return _Let(formulas)


@dataclass(frozen=True, slots=True)
class _Let:
    formulas: Mapping[str, Formula]

    def run(self, run: Run) -> None:
        for name, formula in self.formulas.items():
            run.bind(name, formula.value(run.scope))
