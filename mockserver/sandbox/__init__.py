"""Everything that can change while a definition is served."""
