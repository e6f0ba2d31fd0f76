"""Documents, their indexes and versions, and the feed that orders their changes."""
