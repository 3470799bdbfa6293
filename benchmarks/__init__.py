"""Every number that the README states, with the peer beside it. `make bench` runs all and writes benchmarks/results/*.json."""

import picket  # noqa: F401  before numpy: it keeps products of matrices to one core
