"""How credentials come with a request: one file a scheme."""
