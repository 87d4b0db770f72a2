#!/bin/sh
# Runs a script with the first Python that is new enough; PYTHON=/path/to/python chooses another.
for python in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
  if command -v "$python" >/dev/null 2>&1 &&
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    exec "$python" "$@"
  fi
done
found=$(python3 --version 2>/dev/null || echo none)
echo "Lazaretto needs Python 3.11 or newer; found: $found." >&2
echo "Debian and Ubuntu: sudo apt install python3 python3-venv   macOS: brew install python" >&2
exit 2
