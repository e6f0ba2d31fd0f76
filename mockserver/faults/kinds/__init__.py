"""The kinds of faults, one a file, named as a definition names them."""
