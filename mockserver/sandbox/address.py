"""What a sandbox may be called."""

import re
from typing import Final

DEFAULT: Final = "default"
"""The name of the sandbox that serves whoever names none."""
_NAME: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}", re.ASCII)


def is_sandbox(name: str) -> bool:
    """Whether it can be a sandbox's name: 1 to 64 letters, digits, `.`, `_` and `-`; no step that URLs resolve."""
    return _NAME.fullmatch(name) is not None
