"""Where the feed is kept, one way a file."""
