"""One command a file; each module calls its command `command`."""
