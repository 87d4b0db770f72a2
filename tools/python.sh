#!/bin/sh
# Runs a script with the first Python that is new enough and can make an environment; PYTHON=/path/to/python chooses another.
# The system's own comes first: distributions compile theirs with profiles and mend it; one compiled at home without them
# (pyenv's default) needs a third more of the processor for everything we do.
usable() { command -v "$1" >/dev/null 2>&1 && "$1" -c "$2" >/dev/null 2>&1; }
new='import sys; sys.exit(sys.version_info < (3, 11))'
complete="import ensurepip, venv; $new"

own=""
[ "$(uname)" = Linux ] && own=/usr/bin/python3  # elsewhere that name asks for developers' tools

for asked in "$complete" "$new"; do
  for python in ${PYTHON:-$own python3.14 python3.13 python3.12 python3.11 python3}; do
    if usable "$python" "$asked"; then
      exec "$python" "$@"
    fi
  done
done
found=$(python3 --version 2>/dev/null || echo none)
echo "Lazaretto needs Python 3.11 or newer; found: $found." >&2
echo "Debian and Ubuntu: sudo apt install python3 python3-venv   macOS: brew install python" >&2
exit 2
