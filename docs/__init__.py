"""The handbook, shipped so that `innosi explain` can quote it."""
