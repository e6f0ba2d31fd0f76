"""A mock API server: one YAML file becomes seeded collections, served over REST and live transports."""

__version__ = "0.1.0"
