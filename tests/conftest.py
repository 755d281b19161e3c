from hypothesis import settings

# Tests never assert times: the first example may wait for a loop to be compiled.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
