"""What counts as a secret, in definitions as in requests. Names decide, never values."""

import re
from functools import lru_cache
from typing import Final

REDACTED: Final = "[redacted]"
"""What is shown in place of a secret."""
WORDS: Final = ("authorization", "cookie", "token", "secret", "password", "passwd", "api-key", "api_key", "apikey")
NONE: Final[frozenset[str]] = frozenset()
_NAME: Final = re.compile("|".join(WORDS), re.IGNORECASE)


@lru_cache(maxsize=1024)
def is_secret(name: str, secrets: frozenset[str] = NONE) -> bool:
    """Whether the value under this name is kept from every record; `secrets` are further names, in lower case."""
    return _NAME.search(name) is not None or name.lower() in secrets


def shown(name: str, value: str) -> str:
    """What is shown of the value under a name."""
    return REDACTED if is_secret(name) else value
