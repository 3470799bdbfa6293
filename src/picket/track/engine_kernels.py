"""One look of one sensor, from plots to tracks, in one call: gate, associate, update, begin, miss."""

from __future__ import annotations

from picket._jit import kernel
from picket.track.associate_kernels import gate, propagate
from picket.track.begin_kernels import begin
from picket.track.life_kernels import misses
from picket.track.update_kernels import update


@kernel
def look(tracks, n, plots, members, T, sensors, owner, pairs, next_id, since, due):  # type: ignore[no-untyped-def]
    """Takes the plots `members` (indices, one sensor) into the n tracks; T is the time of the last of them.

    since, due: see `life_kernels.misses`; not used for sensors that give no misses.
    Returns (slots in use after it, edges shed, expected number of plots that no track explains).
    """
    s = plots.sensor[members[0]]
    e_track, e_plot, weight, shed = gate(tracks, n, plots, members, T, sensors)
    p, free = propagate(e_track, e_plot, weight, n, members.shape[0])
    update(tracks, e_track, e_plot, p, plots, members, sensors, owner, pairs)
    before = n
    n = begin(tracks, n, plots, members, free, sensors, owner, next_id)
    if sensors.placed[s] == 1 and sensors.claims[s] == 0 and sensors.listens[s] == 0:
        misses(tracks, before, s, T, since, due, sensors)
    total = 0.0
    for g in range(members.shape[0]):
        total += free[g]
    return n, shed, total
