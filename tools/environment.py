"""Makes .venv from a lock file and puts this checkout into it: environment.py LOCK STAMP.

Uses the standard library alone. Run by make, and only when the lock file changed.
"""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"
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
    # Python compiles what is used when it is first used; compiling all of it takes a third of the installation.
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile"]
    done = subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / lock)], check=False)
    if done.returncode:
        print("The packages could not be installed; see the lines above.", file=sys.stderr)
        return 1
    link()
    (ROOT / stamp).touch()
    return 0


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
