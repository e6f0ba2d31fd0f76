"""YAML to a checked model, all problems at once, each in its place."""
