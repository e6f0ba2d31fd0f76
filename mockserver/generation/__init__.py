"""A checked definition to seeded documents."""
