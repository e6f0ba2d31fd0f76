"""Where the definitions that come with the package are: inside an installed wheel, or beside it in a checkout."""

from pathlib import Path

from mockserver.errors import suggestion
from mockserver.registry import UnknownVariant

_PACKAGE = Path(__file__).resolve().parent.parent
_FOLDERS = (_PACKAGE / "seeds", _PACKAGE.parent / "seeds")


def shipped_names() -> tuple[str, ...]:
    """The names that `shipped` knows, sorted."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


def shipped(name: str) -> Path:
    """The definition of that name. *Raises* `UnknownVariant`."""
    names = shipped_names()
    if name not in names:
        raise UnknownVariant(f"no definition called '{name}' is shipped; {suggestion(name, names)}")
    return _folder() / f"{name}.yaml"


def _folder() -> Path:
    # In the wheel the folder lies inside the package; an editable install has it only beside.
    return next((folder for folder in _FOLDERS if folder.is_dir()), _FOLDERS[0])
