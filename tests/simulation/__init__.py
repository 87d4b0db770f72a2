"""A park that is tested round after round, simulated, with the real program behind every step.

SimPy moves the time and lets people, tables, phones, couriers and laboratories wait for each other; whatever they do
goes through the doors that they would use (the API, the phones' doors, pages), in one process with the program. The
time of the program is the time of the simulation. Beside it the simulation keeps its own books (`truth`), and compares.

    python -m tests.simulation --people 22000 --rounds 7

`plan` the park · `server` the doors · `truth` the books · `tables` people, tables, phones · `ways` couriers and
laboratories · `office` the duty officer · `days` how it all comes together · `report` what is told of it
"""
