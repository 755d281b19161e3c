"""Fuzzy cognitive maps: concepts that raise and lower each other, simulated to where they settle."""
