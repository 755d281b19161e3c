"""The plots of a study: one module beside each kind of statistics."""
