"""Settings of the whole suite."""

import os

from hypothesis import HealthCheck, settings

# Small fits gain nothing from threads, and threads that wait for each other lose much where
# other processes run: one each keeps the suite's time steady.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A slow or busy machine fails no test: no deadline for an example, and no limit on drawing them.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
