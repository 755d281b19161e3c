"""What a panel's answers show: spread, agreement, change. Pure functions on numpy arrays."""
