"""Exports of survey tools: which of their columns answer which question."""
