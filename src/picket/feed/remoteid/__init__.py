"""Remote ID (ASTM F3411-22a, ASD-STAN 4709-002): one set of messages, one table, a file for each carrier and receiver."""
