"""The manners of the families of back ends: one file a convention."""
