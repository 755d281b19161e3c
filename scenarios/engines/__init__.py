"""Where the work of a simulation is done."""
