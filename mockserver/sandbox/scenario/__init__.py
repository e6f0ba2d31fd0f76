"""Named whole states of a definition: other data, who is asking, what fails, and what happens in which order."""
