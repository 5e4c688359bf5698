"""How often a running reply is published, and read from the model."""

FRAME = 0.016  # seconds between two patches while little goes on
WIDEST = 0.1  # seconds between two patches at most
LIGHT_LOAD = 8  # running replies that keep the pace of one display frame
PER_REPLY = 0.00036  # seconds added for each further one
PER_CHARACTER = 1 / 400_000  # seconds added for each character of the open block
# A reply takes at most one part in so many of the loop's time, whatever it is made of.
LOOP_SHARE = 5
MAX_FLUSH = 4_000  # characters of text that are rendered in one go
MAX_PENDING = 32_000  # characters that wait to be rendered before reading the model pauses


def flush_interval(lag: float, open_block: int, cost: float) -> float:
    """Seconds between two patches: wider with a slower loop and a longer open block, and always
    long in proportion to `cost`, the seconds of the processor that the last patch took."""
    usual = min(FRAME + lag + open_block * PER_CHARACTER, WIDEST)
    return max(usual, cost * LOOP_SHARE)


def reading_pause(running: int) -> float:
    """Seconds in which the text of one stream may gather before it is read again, 0 for none.

    With many replies most of the cost is in waking up for each token, so that one reading, one
    rendering and one patch take whatever came meanwhile.
    """
    if running <= LIGHT_LOAD:
        return 0.0
    return min(FRAME + (running - LIGHT_LOAD) * PER_REPLY, WIDEST)
