"""Actions: routes of a definition's own, what they do to the collections, and what they answer."""
