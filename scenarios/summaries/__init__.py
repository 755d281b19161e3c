"""Numbers of any amount in little room: summaries that merge in any order to the same last digit."""
