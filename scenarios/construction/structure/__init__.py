"""Structural analysis: what drives and what depends (MICMAC, ISM), and who is for what (MACTOR)."""
