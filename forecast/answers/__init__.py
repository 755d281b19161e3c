"""Answers of a panel: read from tables, checked row by row, and kept beside the study."""
