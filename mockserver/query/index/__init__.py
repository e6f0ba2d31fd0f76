"""What is kept in readiness for the questions to a collection, and follows every write to it."""
