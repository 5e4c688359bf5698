"""How often a running reply is published."""

FRAME = 0.016  # seconds between two patches while little goes on
WIDEST = 0.1  # seconds between two patches at most
LIGHT_LOAD = 8  # running replies that keep the pace of one display frame
PER_REPLY = 0.0005  # seconds added for each further one
PER_CHARACTER = 1 / 400_000  # seconds added for each character of the open block


def flush_interval(running: int, lag: float, open_block: int) -> float:
    """Seconds between two patches: wider with more replies, a slower loop, a longer open block."""
    crowd = max(0, running - LIGHT_LOAD) * PER_REPLY
    return min(FRAME + crowd + lag + open_block * PER_CHARACTER, WIDEST)
