"""Constructing scenarios: which futures hang together, before any of them is simulated."""
