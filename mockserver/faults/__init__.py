"""Scheduled misbehaviour: rules, their schedule, and what they make of an occasion. Waits and sends nothing itself."""
