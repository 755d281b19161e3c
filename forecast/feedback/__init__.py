"""Controlled feedback: what each panellist, and the whole panel, sees after a round."""
