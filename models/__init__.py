"""The mathematics: distributions, discounting, social-return models. Arrays in, arrays out."""
