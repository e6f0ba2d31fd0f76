"""What goes wrong when a fake value is asked for."""


class FakeError(Exception):
    """A provider that can't be used as asked: what is wrong, and what to write instead."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint

    def of(self, provider: str) -> "FakeError":
        """The same, in a sentence that begins with the provider."""
        return FakeError(f"'{provider}' {self.problem}", self.hint)
