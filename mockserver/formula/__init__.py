"""Expressions in a definition: what they may name, checked when loaded, and what those names stand for when it runs."""
