"""Live transports: the feed's windows, commands over sockets, and the channels that a definition declares."""
