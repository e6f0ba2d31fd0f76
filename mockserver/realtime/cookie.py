"""The cookies of one client that is no browser: those it has been given, until they are taken back.

*Source* RFC 6265 §5.2 and §5.4.
"""

from collections.abc import Iterable, Iterator


def keep(held: str, given: Iterable[str]) -> str:
    """The `Cookie` header of a client that had this one, after these `Set-Cookie` headers."""
    jar = dict(_pairs(held))
    for cookie in given:
        (name, value), *attributes = [*_pairs(cookie)] or [("", "")]
        jar.pop(name, None)
        if name and not _is_over(attributes):
            jar[name] = value
    return "; ".join(f"{name}={value}" for name, value in jar.items())


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """The names and values of a cookie header, whatever they are."""
    for part in text.split(";"):
        name, _, value = part.strip().partition("=")
        if name:
            yield name, value


def _is_over(attributes: Iterable[tuple[str, str]]) -> bool:
    """Whether a cookie is given only to be forgotten."""
    said = {name.lower(): value.strip() for name, value in attributes}
    if "max-age" in said:
        return said["max-age"].startswith(("0", "-"))
    return " 1970 " in said.get("expires", "").replace("-", " ")
