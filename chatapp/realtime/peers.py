"""Track the batches of the other processes: gaps in their numbers, and their protocol version."""

from dataclasses import dataclass

MAX_SILENT_SECONDS = 7  # every process sends a batch at least every two seconds


@dataclass(slots=True)
class Peer:
    number: int  # of the last batch
    version: int
    received_at: float


class Peers:
    def __init__(self) -> None:
        self._peers: dict[str, Peer] = {}

    def record_batch(self, origin: str, number: int, version: int, now: float) -> int | None:
        """Record a batch, and return how many were missed before it; None if it is out of date.

        A batch is out of date when a later one overtook it on another connection. From a process
        that is new to us, all earlier batches were missed.
        """
        known = self._peers.get(origin)
        last = known.number if known else 0
        if number <= last:
            return None
        self._peers[origin] = Peer(number, version, now)
        return number - last - 1

    def forget_silent(self, now: float) -> None:
        gone = [o for o, peer in self._peers.items() if now - peer.received_at > MAX_SILENT_SECONDS]
        for origin in gone:
            del self._peers[origin]

    def all_use_version(self, version: int) -> bool:
        """Return False while a process of another release uses another protocol version."""
        return all(peer.version == version for peer in self._peers.values())
