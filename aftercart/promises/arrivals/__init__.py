"""When things arrive, for many orders at once: what was known each morning, the chance of each day, how far to trust
it. Pure, on numpy arrays; imported only where it is used, so that serving starts without numpy."""

import os

# The matrices here are tall and narrow: on a busy machine a second thread of the linear algebra waits far longer for
# the first than it helps. Only heard if numpy is not loaded yet.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
