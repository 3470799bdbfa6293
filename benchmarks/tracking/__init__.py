"""The rows of `python -m benchmarks track`: each module measures some, `bench_track.py` lists them with their goals."""
