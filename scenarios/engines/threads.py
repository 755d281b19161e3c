"""stub"""

import os
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait


class Threads:
    def __init__(self, workers=None):
        self.workers = workers or len(os.sched_getaffinity(0))

    def __enter__(self):
        return self

    def __exit__(self, *a):
        pass

    def map(self, work, units):
        if self.workers == 1:
            for u in units:
                yield u, work(u)
            return
        with ThreadPoolExecutor(self.workers) as pool:
            running = {}
            it = iter(units)
            try:
                while True:
                    while len(running) < self.workers + 1:
                        u = next(it, None)
                        if u is None:
                            break
                        running[pool.submit(work, u)] = u
                    if not running:
                        return
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for f in done:
                        yield running.pop(f), f.result()
            finally:
                for f in running:
                    f.cancel()
