"""Live radios: samples that never end, the bands looked at in turn, and what was heard and not looked at meanwhile.

    source (rtl_tcp, stdin, soapy) -> receiver: tune, dwell, drop nothing uncounted -> pipe -> look (the chain of run.py) -> memories

The memories are small and have a file each: the waterfall, emitters with their history, occupancy by channel and hour, the floor
against its baseline, and a few seconds of samples for clips.
"""
