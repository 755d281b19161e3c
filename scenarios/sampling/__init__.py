"""From a seed to the draws of every uncertain number: uniform numbers, correlated, and their quantiles."""
