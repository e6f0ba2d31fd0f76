"""One kind of effect a file: a key of a rule, or a few that belong together."""
