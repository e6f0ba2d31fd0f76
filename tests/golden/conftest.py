"""Golden files are written anew by `./scripts/test tests/golden --update-golden`; the difference is then for review."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files instead of comparing")
