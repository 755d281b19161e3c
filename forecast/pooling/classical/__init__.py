"""Cooke's classical model: experts weighted by how they did on questions whose answers are known."""
