"""The API over neutral values: routes, actions, validation, conditional requests."""
