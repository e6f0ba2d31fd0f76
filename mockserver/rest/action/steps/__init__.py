"""What an action can do, one kind of step a file."""
