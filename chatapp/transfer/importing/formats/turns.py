"""Make the messages of a conversation from the nodes of an export.

Exports store a reply in pieces (thinking, a tool call, its result, text), which may branch at any
of them. Here messages and replies alternate, so pieces of one speaker that follow each other become
one message, once for each branch.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from chatapp.transfer.importing.formats.conversation import Node, ReadMessage, Skipped

MAX_COPIES = 100_000  # pieces that several branches share, of one conversation


class Turns(NamedTuple):
    messages: list[ReadMessage]  # parents before children
    of_node: dict[str, ReadMessage]  # by the id of a node, also of one that isn't shown
    skipped: Counter[Skipped]


def turns(nodes: Iterable[Node]) -> Turns:
    """Return the messages. Nothing in a tree is too deep, and none of its faults stops it: of two
    nodes with one id the first counts, and one whose parent is missing or below it begins anew."""
    by_id: dict[str, Node] = {}
    skipped: Counter[Skipped] = Counter()
    for node in nodes:
        if node.id in by_id:
            skipped[Skipped.DUPLICATE] += 1
        by_id.setdefault(node.id, node)
    builder = _Builder(skipped)
    for node in _parents_first(by_id, skipped):
        builder.add(node)
    return Turns(builder.messages, builder.of_node, skipped)


def _parents_first(by_id: dict[str, Node], skipped: Counter[Skipped]) -> list[Node]:
    """Return the nodes in an order in which parents come first, otherwise as they were."""
    ordered: list[Node] = []
    done: set[str] = set()
    for first in by_id.values():
        path: list[Node] = []
        seen: set[str] = set()
        node = first
        while node.id not in done:
            path.append(node)
            seen.add(node.id)
            if node.parent is None:
                break
            parent = by_id.get(node.parent)
            if parent is None or parent.id in seen:
                skipped[Skipped.CYCLE if parent else Skipped.MISSING_PARENT] += 1
                node.parent = None
                break
            node = parent
        ordered += reversed(path)
        done |= seen
    return ordered


class _Place(NamedTuple):
    """Where a node ended up: in a message, as the last of its first `length` nodes."""

    message: ReadMessage
    length: int


class _Builder:
    def __init__(self, skipped: Counter[Skipped]) -> None:
        self.messages: list[ReadMessage] = []
        self._places: dict[str, _Place | None] = {}
        self._parts: dict[tuple[int, int], ReadMessage] = {}  # messages that begin as another does
        self._answered: set[int] = set()  # messages that have children, by their identity
        self._skipped = skipped
        self._copies = 0

    @property
    def of_node(self) -> dict[str, ReadMessage]:
        return {id_: place.message for id_, place in self._places.items() if place}

    def add(self, node: Node) -> None:
        above = self._places.get(node.parent) if node.parent is not None else None
        if node.role is None:
            self._places[node.id] = above
        elif above is None:
            self._places[node.id] = self._begin(None, node)
        elif above.message.role != node.role:
            self._places[node.id] = self._begin(self._whole(above), node)
        else:
            self._places[node.id] = self._continue(above, node)

    def _begin(self, parent: ReadMessage | None, *nodes: Node) -> _Place:
        role = nodes[-1].role
        assert role is not None
        message = ReadMessage(nodes[-1].id, parent, role, list(nodes))
        self.messages.append(message)
        if parent:
            self._answered.add(id(parent))
        return _Place(message, len(nodes))

    def _continue(self, above: _Place, node: Node) -> _Place:
        message, count = above
        is_last = count == len(message.nodes) and id(message) not in self._answered
        if is_last or not self._may_copy(count):
            message.nodes.append(node)
            message.id = node.id
            return _Place(message, len(message.nodes))
        return self._begin(message.parent, *message.nodes[:count], node)

    def _whole(self, place: _Place) -> ReadMessage:
        """Return a message that ends with this node."""
        message, count = place
        if count == len(message.nodes) or not self._may_copy(count):
            return message
        key = id(message), count
        if key not in self._parts:
            self._parts[key] = self._begin(message.parent, *message.nodes[:count]).message
        return self._parts[key]

    def _may_copy(self, count: int) -> bool:
        self._copies += count
        return self._copies <= MAX_COPIES
