"""`mockserver init`: a definition to start from, and the schema by which editors complete and check it."""

import json
from pathlib import Path

import click

from mockserver.cli.newfile import create_file
from mockserver.definitions.shipped import shipped, shipped_names

_DEFINITION = Path("mockserver.yaml")
_SCHEMA = Path("mockserver.schema.json")
_STARTER = Path(__file__).parent.parent / "starter.yaml"
_EDITOR_LINE = f"# yaml-language-server: $schema=./{_SCHEMA}\n"


@click.command(
    epilog="""\b
Examples:
  mockserver init
  mockserver init --from zoo
  mkdir shop && cd shop && mockserver init && mockserver
"""
)
@click.option("--from", "name", type=click.Choice(shipped_names()), help="A shipped definition instead of a short one.")
def command(name: str | None) -> None:
    """Write a commented definition to start from: ./mockserver.yaml.

    Beside it comes ./mockserver.schema.json, by which editors complete and check the definition, offline too. Nothing
    that exists is overwritten.
    """
    if _DEFINITION.exists() or _DEFINITION.is_symlink():
        raise click.ClickException(f"{_DEFINITION} exists already and stays as it is: remove it, or go elsewhere.")
    text = (_STARTER if name is None else shipped(name)).read_text(encoding="utf-8")
    _write_schema()
    _create(_DEFINITION, _EDITOR_LINE + text)
    click.echo(
        f"Wrote {_DEFINITION} and {_SCHEMA}. `mockserver check {_DEFINITION}` checks it, `mockserver` serves it."
    )


def _write_schema() -> None:
    """The schema beside the definition; the same one may be there from an earlier time."""
    from mockserver.definitions.json_schema import write_schema  # noqa: PLC0415 - slow for a help page
    from mockserver.server.assemble import definition_model  # noqa: PLC0415

    # Draft-07, because editors' YAML support knows it best.
    text = json.dumps(write_schema(definition_model(), "07"), indent=2, ensure_ascii=False) + "\n"
    try:
        unchanged = _SCHEMA.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        unchanged = False
    if not unchanged:
        _create(_SCHEMA, text)


def _create(path: Path, text: str) -> None:
    try:
        create_file(path, text)
    except FileExistsError:
        raise click.ClickException(f"{path} exists already and stays as it is: remove it, or go elsewhere.") from None
    except OSError as error:
        raise click.ClickException(f"{path} can't be written: {error.strerror}.") from None
