"""The other processes as this one hears them: did we miss something, do we speak alike?"""

from dataclasses import dataclass

SILENT_AFTER = 7  # seconds; every process speaks at least every two


@dataclass(slots=True)
class Peer:
    number: int  # of the last batch
    version: int
    heard_at: float


class Peers:
    def __init__(self) -> None:
        self._peers: dict[str, Peer] = {}

    def hear(self, origin: str, number: int, version: int, now: float) -> int | None:
        """Notes a batch; tells how many were missed before it, or None when it comes too late.

        A batch comes too late when a later one overtook it on another connection. Of a process
        that is new to us everything so far was missed.
        """
        known = self._peers.get(origin)
        last = known.number if known else 0
        if number <= last:
            return None
        self._peers[origin] = Peer(number, version, now)
        return number - last - 1

    def forget_silent(self, now: float) -> None:
        gone = [o for o, peer in self._peers.items() if now - peer.heard_at > SILENT_AFTER]
        for origin in gone:
            del self._peers[origin]

    def all_speak(self, version: int) -> bool:
        """False while a process of another release says what we can't understand."""
        return all(peer.version == version for peer in self._peers.values())
