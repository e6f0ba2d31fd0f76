"""What a document says of a file it holds: its name, type, size, digest and URL, checked and completed."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.errors import PayloadTooLarge, UnsupportedMediaType
from mockserver.generation.schema import Attribute
from mockserver.generation.upload import DIGEST, Upload
from mockserver.messages import Document, Json
from mockserver.store.content import Contents

OCTETS: Final = "application/octet-stream"
"""The type of bytes that nobody has said anything of (RFC 2046 §4.5.1)."""

_WORD = r"[\w!#$&^.+-]+"
_MEDIA = re.compile(rf"{_WORD}/{_WORD}( *; *{_WORD}=({_WORD}|\"[\w !#-\[\]-~]*\"))*", re.ASCII)
_LONGEST_NAME: Final = 200
_LONGEST_MEDIA: Final = 200
UPLOAD: Final = "must be null or a file that was uploaded: send it as multipart/form-data, or PUT it to its URL"


def is_media(text: str) -> bool:
    """Whether a text is a media type with its parameters, and short enough for a header."""
    return len(text) <= _LONGEST_MEDIA and _MEDIA.fullmatch(text) is not None


def keep_file(attribute: Attribute, name: str, media: str, content: bytes, contents: Contents) -> Document:
    """Keep an uploaded file; returns what a document says of it.

    *Raises* `PayloadTooLarge`, `UnsupportedMediaType`.
    """
    rules = attribute.file
    assert rules is not None  # noqa: S101 - asked of files only
    media = media.strip() or OCTETS
    if len(content) > rules.max_bytes:
        most = f"{rules.max_bytes:,} bytes at most"
        raise PayloadTooLarge(f"The file '{attribute.name}' has {len(content):,} bytes: {most} are taken.")
    if not is_media(media):
        raise UnsupportedMediaType(f"'{media[:_LONGEST_MEDIA]}' is no media type.")
    if not rules.admits(media):
        shown = ", ".join(rules.types)
        accept = {"Accept": shown}
        raise UnsupportedMediaType(
            f"A file of type {media} can't be taken for '{attribute.name}': send {shown}.", headers=accept
        )
    return {"name": name, "type": media, DIGEST: contents.put(content)}


def file_flaws(
    rules: Upload, value: Mapping[str, Json], contents: Contents
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong with a file as a client describes it: it has to be one that is kept, within the field's rules."""
    content, media = contents.get(str(value.get(DIGEST))), value.get("type")
    if content is None:
        yield (), UPLOAD
        return
    if len(content) > rules.max_bytes:
        yield (), f"must have at most {rules.max_bytes} bytes"
    if not isinstance(media, str) or not is_media(media):
        yield ("type",), "must be a media type"
    elif not rules.admits(media):
        yield ("type",), f"must be one of {', '.join(rules.types)}"


def described(attribute: Attribute, value: Mapping[str, Any], key: Json, contents: Contents) -> Document:
    """A checked value, completed: what is known of the bytes is said by them."""
    content, place = contents.get(value[DIGEST]), attribute.place
    assert content is not None  # noqa: S101 - `file_flaws` has looked
    assert place is not None  # noqa: S101 - every file has one
    return {
        "name": file_name(str(value.get("name") or ""), attribute.name),
        "type": value["type"],
        "size": len(content),
        DIGEST: value[DIGEST],
        "url": place.at(key),
    }


def file_name(said: str, otherwise: str) -> str:
    """The last step of a name, without what moves a cursor; some browsers send the whole path."""
    last = re.split(r"[/\\]", said)[-1]
    shown = "".join(char for char in last if char.isprintable()).strip()[:_LONGEST_NAME]
    return shown if shown not in ("", ".", "..") else otherwise
