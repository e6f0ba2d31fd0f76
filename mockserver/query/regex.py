"""Regular expressions as filters use them, in linear time: no request can make one stall.

They are those of Rust's regex, which has neither look-around nor back references.
"""

from pydantic_core import SchemaError, SchemaValidator, core_schema

from mockserver.query.compare import Unreadable


class Pattern:
    """An expression that is found anywhere in a text, letter case aside. *Raises* `Unreadable` for one that is none."""

    __slots__ = ("_found", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        try:
            self._found = SchemaValidator(core_schema.str_schema(pattern=f"(?i){source}")).isinstance_python
        except SchemaError as error:
            said = str(error).strip().splitlines()[-1].strip().removeprefix("error: ").removeprefix("SchemaError: ")
            raise Unreadable(f"is no regular expression: {said}") from None

    def is_in(self, text: str) -> bool:
        """Whether the text holds a match."""
        return self._found(text)
