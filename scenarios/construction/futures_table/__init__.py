"""The futures table, or morphological field: combinations of states, and what excludes them."""
