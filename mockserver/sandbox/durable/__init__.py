"""A sandbox whose documents outlive the process: brought back, made to fit what is served now, kept from then on."""
