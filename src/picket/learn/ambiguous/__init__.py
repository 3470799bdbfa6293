"""Words that can be several things, decided by their neighbours: noun or verb, past or participle, "that", "back".

`picket.learn.tagging` gives each word its first tag; what it left open ("V?") is decided here, from left to right, by closed rules.
The order of the rules is part of them: the first that applies decides.
"""
