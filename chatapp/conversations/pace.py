"""How often a running reply is published, and read from the model."""

FRAME = 0.016  # seconds between two patches while little goes on
WIDEST = 0.1  # seconds between two patches at most
LIGHT_LOAD = 8  # running replies that keep the pace of one display frame
PER_REPLY = 0.00036  # seconds added for each further one
PER_CHARACTER = 1 / 400_000  # seconds added for each character of the open block


def flush_interval(lag: float, open_block: int) -> float:
    """Seconds between two patches: wider with a slower loop and a longer open block."""
    return min(FRAME + lag + open_block * PER_CHARACTER, WIDEST)


def reading_pause(running: int) -> float:
    """Seconds in which the text of one stream may gather before it is read again, 0 for none.

    With many replies most of the cost is in waking up for each token, so that one reading, one
    rendering and one patch take whatever came meanwhile.
    """
    if running <= LIGHT_LOAD:
        return 0.0
    return min(FRAME + (running - LIGHT_LOAD) * PER_REPLY, WIDEST)
