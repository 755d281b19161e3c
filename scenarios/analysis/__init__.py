"""What lies behind a result: what drives it, what it rests on, and whether it claims too much."""
