"""What may be called by a name that stands in addresses, headers and files: faults, sandboxes, snapshots, topics."""

import re
from typing import Final

LABEL: Final = r"[A-Za-z0-9._-]{1,64}"
"""A label as a pattern: what a topic may be called, and with fewer dots anything else."""
LABEL_WORDS: Final = "1 to 64 letters, digits, '.', '_' and '-'"
NAME: Final = rf"^(?!\.{{1,2}}$){LABEL}$"
"""A label that no URL resolves, as a pattern that JSON Schema may show."""
NAME_WORDS: Final = f"{LABEL_WORDS}, and not '.' or '..'"
_NAME: Final = re.compile(NAME)


def is_name(text: str) -> bool:
    """Whether it is 1 to 64 letters, digits, `.`, `_` and `-`, and no step that URLs resolve."""
    return _NAME.fullmatch(text) is not None
