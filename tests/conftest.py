"""Settings of the whole suite."""

import os

# Small fits gain nothing from threads, and threads that wait for each other lose much where
# other processes run: one each keeps the suite's time steady.
os.environ.setdefault("OMP_NUM_THREADS", "1")
