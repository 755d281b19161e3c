"""Probabilistic cross-impact: how likely events are together, by their effects on each other."""
