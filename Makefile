# make demo   the demonstration district at http://localhost:8000 (another port: make demo PORT=9000)
# make test   the tests
# Needed: Python 3.11 or newer with venv, and make. Everything else comes from the lock files into .venv.

PORT ?= 8000
WORKERS ?= auto

.PHONY: demo test clean

demo: .venv/.demo
	@.venv/bin/lazaretto demo --port $(PORT)

test: .venv/.test
	@.venv/bin/python -m pytest -n $(WORKERS)

.venv/.demo: requirements.lock tools/environment.py
	@sh tools/python.sh tools/environment.py requirements.lock $@

.venv/.test: requirements-dev.lock tools/environment.py
	@sh tools/python.sh tools/environment.py requirements-dev.lock $@

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
