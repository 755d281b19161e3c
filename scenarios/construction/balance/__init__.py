"""Cross-impact balance: which futures hang together, by how states promote and restrict each other."""
