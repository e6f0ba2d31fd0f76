"""The kinds of generated fields, one a file."""
