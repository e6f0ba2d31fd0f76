"""Draws the picture of a document: a few seeded shapes and initials as SVG, the same bytes for the same seed."""

from typing import Final

from mockserver.generation.schema import ID, Resource
from mockserver.generation.seeding import Stream, Streams
from mockserver.generation.upload import Size
from mockserver.messages import Document, Json

MEDIA: Final = "image/svg+xml"

_GROUNDS: Final = ("#264653", "#2a6f97", "#386641", "#5f0f40", "#6d597a", "#7f4f24", "#9a031e", "#bc4749")
_COLOURS: Final = ("#e9c46a", "#f4a261", "#a7c957", "#8ecae6", "#cdb4db", "#ffb4a2", "#f2e8cf", "#90e0ef")
_CALLED: Final = ("name", "full_name", "title", "label", "first_name", "username", "subject", "owner")
"""The fields a document is called by, the most telling first."""


def draw_picture(seed: int, resource: Resource, field: str, size: Size, document: Document) -> bytes:
    """The picture of a document: shapes and colours by its id, initials by its name."""
    from xml.sax.saxutils import escape, quoteattr  # noqa: PLC0415 - takes long for those who draw nothing

    stream = Streams(seed, resource.name, field, "/picture").at(str(document[ID]).encode())
    name = called(resource, document)
    width, height = size
    shapes = "".join(_draw_shape(stream, size) for _ in range(3 + stream.below(3)))
    text = (
        f'<text x="50%" y="50%" dy=".36em" fill="#fff" text-anchor="middle"'
        f' font-family="system-ui,sans-serif" font-size="{max(min(width, height) * 2 // 5, 1)}">'
        f"{escape(initials(name))}</text>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(_plain(name))}>'
        f'<rect width="{width}" height="{height}" fill="{_pick(stream, _GROUNDS)}"/>{shapes}{text}</svg>\n'
    ).encode()


def _draw_shape(stream: Stream, size: Size) -> str:
    width, height = size
    x, y = stream.below(width + 1), stream.below(height + 1)
    extent = max(min(width, height) * (15 + stream.below(35)) // 100, 1)
    paint = f'fill="{_pick(stream, _COLOURS)}" fill-opacity=".{2 + stream.below(5)}"'
    kind = stream.below(3)
    if kind == 0:
        return f'<circle cx="{x}" cy="{y}" r="{extent}" {paint}/>'
    if kind == 1:
        turn = f'transform="rotate({stream.below(90)} {x} {y})"'
        return f'<rect x="{x - extent}" y="{y - extent}" width="{2 * extent}" height="{2 * extent}" {turn} {paint}/>'
    points = f"{x},{y - extent} {x + extent},{y + extent} {x - extent},{y + extent}"
    return f'<polygon points="{points}" {paint}/>'


def _pick(stream: Stream, colours: tuple[str, ...]) -> str:
    return colours[stream.below(len(colours))]


def called(resource: Resource, document: Document) -> str:
    """What a document is called: by a field that names such things, else its first text, else its kind."""
    telling = [name for name in _CALLED if name in resource.attributes]
    texts = [name for name, one in resource.attributes.items() if one.shape.type == "string" and one.picture is None]
    for name in (*telling, *texts):
        value: Json = document.get(name)
        if isinstance(value, str) and initials(value) and not resource.attributes[name].rules.write_only:
            return value
    return resource.singular()


def initials(name: str) -> str:
    """The first letters of the first and the last word: `Ada Lovelace` → `AL`."""
    found = [first for word in name.split() if (first := next((char for char in word if char.isalnum()), ""))]
    return "".join([*found[:1], *found[1:][-1:]]).upper()


def _plain(text: str) -> str:
    """The beginning of a text without what XML has no characters for."""
    return "".join(char for char in text if char.isprintable())[:100]
