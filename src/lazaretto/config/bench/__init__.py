"""`lazaretto bench`: the bars of docs/performance.md, measured on the configured kind of database.

Every measure makes an installation of its own (a database beside the configured one on the same PostgreSQL server, or a
SQLite file in a temporary folder) and throws it away: nothing invented ever meets real people.
"""
