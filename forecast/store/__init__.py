"""The memory of a study: every answer and every step, kept in one database."""
