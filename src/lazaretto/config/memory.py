"""How a process of this program looks for garbage."""

import gc

YOUNG = 20_000  # objects made and not yet dropped, a few megabytes, before the collector looks at them
OLDER = 20  # such looks before it looks at what survived them


def settle() -> None:
    """To be called once everything is loaded: what is there stays, so the collector never goes through it again.

    By Python's own figures an import of twenty thousand rows spent a quarter of its time going through our modules and
    models for garbage that is not there.
    """
    if not gc.get_freeze_count():
        gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDER)
