"""The shipped cases, as package data."""
