"""Questions to collections: read from a query string, answered by filter, order and window."""
