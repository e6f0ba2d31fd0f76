"""The data of a sandbox for whoever tests: in the definition's own names, past conventions, callers and faults."""
