"""A sandbox's documents in a file: a TinyDB database, and beside it a journal of what was written since."""
