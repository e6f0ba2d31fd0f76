"""Jobs: documents that walk along a timeline on the running clock."""
