"""How often Python looks for garbage that refers to itself, which goes through what is alive."""

import gc

THRESHOLDS = (10_000, 20, 100)  # a page makes some ten thousand objects, a step of an import more


def sweep_rarely() -> None:
    """Leave out what is loaded by now, and look through the rest a tenth as often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
