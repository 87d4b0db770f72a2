"""Makes .venv from a lock file and puts this checkout into it: environment.py LOCK STAMP.

Uses the standard library alone. Run by make, and only when the lock file changed.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
INSTALLER = ROOT / "tools" / "installer.lock"
PROGRAM = """#!{python}
import sys

from lazaretto.config.cli import main

sys.exit(main())
"""


def main(lock: str, stamp: str) -> int:
    """Make the environment, install what the lock file names, touch the stamp."""
    print(f"Installing {lock} into .venv …", flush=True)
    if not PYTHON.exists() and not make():
        return 2
    if not install_fast(ROOT / lock) and not install(ROOT / lock):
        print("The packages could not be installed; see the lines above.", file=sys.stderr)
        return 1
    link()
    (ROOT / stamp).touch()
    return 0


def install(lock: Path, *, quiet: bool = False) -> bool:
    """With pip. Python compiles what is used when it is first used; compiling all takes a third of the installation."""
    words = [*PIP, "install", "--quiet", "--no-compile", "--require-hashes", "-r", str(lock)]
    return subprocess.run(words, check=False, capture_output=quiet).returncode == 0


def install_fast(lock: Path) -> bool:
    """With uv, which fetches many packages at once. False where there is none or it cannot reach what pip can."""
    if not install(INSTALLER, quiet=True):
        return False
    words = [str(PYTHON.with_name("uv")), "pip", "install", "--quiet", "--no-config", "--python", str(PYTHON)]
    words += ["--require-hashes", "-r", str(lock)]
    told = {**as_pip_is_told(), **os.environ}
    return subprocess.run(words, check=False, capture_output=True, env=told).returncode == 0


def as_pip_is_told() -> dict[str, str]:
    """Where pip finds packages and whom it trusts, in the words of uv; nothing where nobody said anything."""
    told = {}
    for name, setting in (("UV_DEFAULT_INDEX", "global.index-url"), ("SSL_CERT_FILE", "global.cert")):
        said = subprocess.run([*PIP, "config", "get", setting], check=False, capture_output=True, text=True)
        if said.returncode == 0 and said.stdout.strip():
            told[name] = said.stdout.strip()
    return told


def make() -> bool:
    """A fresh virtual environment; says what is missing when that fails."""
    try:
        venv.create(HOME, with_pip=True, clear=True, symlinks=True)
    except (subprocess.CalledProcessError, OSError) as error:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        print(f"Python's venv module does not work here ({error}).", file=sys.stderr)
        print(f"Debian and Ubuntu: sudo apt install python{version}-venv", file=sys.stderr)
        return False
    return True


def link() -> None:
    """Let the environment see this checkout, and give it the program `lazaretto`."""
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([str(PYTHON), "-c", where], check=True, capture_output=True, text=True)
    Path(found.stdout.strip(), "lazaretto.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    program = HOME / "bin" / "lazaretto"
    program.write_text(PROGRAM.format(python=PYTHON), encoding="utf-8")
    program.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
