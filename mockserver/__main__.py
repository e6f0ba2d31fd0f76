"""`python -m mockserver`, for where the command is not on the path."""

from mockserver.cli import main

main(prog_name="mockserver")
