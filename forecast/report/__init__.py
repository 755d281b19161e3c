"""Reports that a policy maker can read, print and trust."""
