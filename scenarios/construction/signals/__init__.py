"""Signals and drivers: what a workshop notices, what drives the future, and scenario axes."""
