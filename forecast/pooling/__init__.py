"""From each panellist's judgement to what the panel as a whole believes."""
