"""Every number that the README states, with the peer beside it. `make bench` runs all and writes benchmarks/results/*.json."""
