"""Scenario files: read and resolve them, sample, simulate, analyse."""
