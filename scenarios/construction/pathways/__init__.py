"""Futures wheel, three horizons and backcasting: what follows, what fades, and what must come first."""
