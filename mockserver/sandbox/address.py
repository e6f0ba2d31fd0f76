"""What a sandbox may be called."""

from typing import Final

from mockserver.definitions.name import is_name

DEFAULT: Final = "default"
"""The name of the sandbox that serves whoever names none."""


def prefix_of(name: str) -> str:
    """What stands before every path of the API in a sandbox."""
    return "" if name == DEFAULT else f"/~{name}"


def is_sandbox(name: str) -> bool:
    """Whether it can be a sandbox's name: 1 to 64 letters, digits, `.`, `_` and `-`; no step that URLs resolve."""
    return is_name(name)
