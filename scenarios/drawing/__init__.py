"""The plots of this floor; imported only when something is drawn."""
