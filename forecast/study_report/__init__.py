"""The report of a whole study, from its panel to its results."""
