"""Panels: the people who answer, and simulated ones to plan with and to learn from."""
