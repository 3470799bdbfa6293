"""One look of one sensor, from plots to tracks, in one call: gate, associate, update, begin, miss."""

from __future__ import annotations

import numpy as np

from picket._jit import kernel, lean
from picket.track.associate_kernels import gate
from picket.track.begin_kernels import begin
from picket.track.block_kernels import enclose_again
from picket.track.conditions_kernels import burst
from picket.track.life_kernels import misses
from picket.track.marginals_kernels import marginals
from picket.track.measure_kernels import background
from picket.track.together_kernels import share_speed
from picket.track.untangle_kernels import put, untangle
from picket.track.update_kernels import update

BURST_ROUNDS = 4


@lean
def clutter_and_birth(plots, members, sensors, out):  # type: ignore[no-untyped-def]
    """Fills out (M,) with the density of plots that no track gives, at each member."""
    for g in range(members.shape[0]):
        clutter, birth = background(plots, members[g], sensors)
        out[g] = clutter + birth


@kernel
def look(tracks, n, plots, members, T, sensors, owner, pairs, next_id, since, due, sweeps, most, guarded, blocks):  # type: ignore[no-untyped-def]
    """Takes the plots `members` (indices, one sensor) into the n tracks; T is the time of the last of them.

    since, due: see `life_kernels.misses`; not used for sensors that give no misses.
    blocks: see `block_kernels`; those of tracks that are moved are enclosed anew.
    sweeps: of belief propagation at most; most, guarded: see `begin_kernels.begin`. What they leave out is shed (`shedding.py`).
    Returns (slots in use after it, edges shed, births shed, work done, probability of each member that no track explains it).
    """
    e_track, e_plot, weight, shed = gate(tracks, n, plots, members, T, sensors, blocks)
    n, unborn, work, free = take_in(
        tracks,
        n,
        plots,
        members,
        T,
        sensors,
        owner,
        pairs,
        next_id,
        since,
        due,
        sweeps,
        most,
        guarded,
        blocks,
        e_track,
        e_plot,
        weight,
    )
    return n, shed, unborn, work, free


@kernel
def take_in(  # type: ignore[no-untyped-def]
    tracks,
    n,
    plots,
    members,
    T,
    sensors,
    owner,
    pairs,
    next_id,
    since,
    due,
    sweeps,
    most,
    guarded,
    blocks,
    e_track,
    e_plot,
    weight,
):
    """`look` after its gate. Returns (slots in use after it, births shed, work done, probability that no track explains each member)."""
    p, free, work = give_out(plots, members, sensors, sweeps, e_track, e_plot, weight)
    slots, xs, Ls, exchanges = untangle(tracks, e_track, e_plot, p, plots, members, sensors, sweeps)
    update(tracks, e_track, e_plot, p, plots, members, sensors, owner, pairs)
    put(tracks, slots, xs, Ls)
    n, unborn = turn(tracks, n, plots, members, T, sensors, owner, next_id, since, due, most, guarded, blocks, e_track, free)
    return n, unborn, work + exchanges, free


@kernel
def give_out(plots, members, sensors, sweeps, e_track, e_plot, weight):  # type: ignore[no-untyped-def]
    """Which track gave which plot: probability of each edge, of each member that no track gave it, and work done. A burst of false plots
    is seen by what no track explains, and moves the weights."""
    s = plots.sensor[members[0]]
    E, M = weight.shape[0], members.shape[0]
    p, free, used = marginals(e_track, e_plot, weight, M, sweeps)
    work = M + E + used // 10
    if sensors.placed[s] == 1 and sensors.claims[s] == 0 and sensors.fresh[s] == 0.0:
        sensors.excess[s, :] = 1.0
        assumed, now = np.empty(M), np.empty(M)
        clutter_and_birth(plots, members, sensors, assumed)
        for _ in range(BURST_ROUNDS):  # what is taken for false plots makes tracks explain fewer of the rest
            if not burst(plots, members, free, s, sensors):
                break
            clutter_and_birth(plots, members, sensors, now)
            for e in range(E):
                weight[e] *= assumed[e_plot[e]] / now[e_plot[e]]
            assumed[:] = now
            p, free, used = marginals(e_track, e_plot, weight, M, sweeps)
            work += used // 10
    return p, free, work


@kernel
def turn(tracks, n, plots, members, T, sensors, owner, next_id, since, due, most, guarded, blocks, e_track, free):  # type: ignore[no-untyped-def]
    """After the update: groups share their speed; new tracks, and misses of the others. Returns (slots in use after it, births shed)."""
    s, before = plots.sensor[members[0]], n
    share_speed(tracks, e_track)
    n, unborn = begin(tracks, n, plots, members, free, sensors, owner, next_id, most, guarded)
    if sensors.placed[s] == 1 and sensors.claims[s] == 0 and sensors.listens[s] == 0:
        misses(tracks, before, s, T, since, due, sensors, blocks)
    enclose_again(tracks, e_track, before, n, blocks)
    return n, unborn
