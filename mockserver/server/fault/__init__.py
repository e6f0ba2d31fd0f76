"""Faults carried out on connections: waits, broken answers, a listener that is down. Decides nothing itself."""
