"""People's own results and passes: a process of their own shows them (`serving`), the front hands over to it (`line`).

It has its own connections, which cannot write, its own threads and its own place in the queue of the processor. When it
hangs, breaks or is killed, whoever looks reads that nothing can be shown now (`calm`), and capture notices nothing.
"""

WITHIN = 4.0  # seconds until a phone is told to come back
# Who asked, from the front; proven, because on a machine of its own anybody on the network may ask.
ASKER, PROOF = "x-lazaretto-for", "x-lazaretto-proof"
