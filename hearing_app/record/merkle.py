"""The hash tree of RFC 6962, section 2.1, over leaf hashes.

A leaf is hashed as SHA-256(0x00 || entry) and a node as SHA-256(0x01 || left || right): the two prefixes
keep a node from ever being passed off as an entry.

A node of the complete tree is named by its level (0 for leaves) and its place on that level, from the left:
it covers the leaves from place * 2^level on, 2^level of them. Such a node never changes once its leaves are
there, so it can be kept; proofs read a few of them instead of every leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of the node above two hashes."""
    return sha256(b"\x01" + left + right).digest()


class RootOfMany:
    """The root over leaves that come one by one: one pass, and memory for the logarithm of their number.

    Complete subtrees are kept on a stack, largest first; folding what is left from the right gives the RFC's
    split at the largest power of two.
    """

    def __init__(self) -> None:
        self.size = 0
        self._stack: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Take the next leaf hash."""
        height, node = 0, leaf
        while self._stack and self._stack[-1][0] == height:
            node = node_hash(self._stack.pop()[1], node)
            height += 1
        self._stack.append((height, node))
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root over the leaves so far; of none, the hash of the empty string."""
        if not self._stack:
            return EMPTY_ROOT
        node = self._stack[-1][1]
        for _, left in reversed(self._stack[:-1]):
            node = node_hash(left, node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the Merkle tree hash of the leaf hashes, in order; of none, the hash of the empty string."""
    tree = RootOfMany()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root


def completed_nodes(seq: int) -> list[tuple[int, int]]:
    """Return (level, place) of the nodes above the leaves that the leaf with this number completes."""
    levels = ((seq + 1) & -(seq + 1)).bit_length() - 1
    return [(level, seq >> level) for level in range(1, levels + 1)]


def range_root(node: Node, start: int, end: int) -> bytes:
    """Return the root over the leaves from ``start`` to before ``end``, at least one of them.

    ``start`` is a multiple of the power of two at which the range is split, as in every subtree of the RFC.
    """
    width = end - start
    if width & (width - 1) == 0 and start % width == 0:
        level = width.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(width)
    return node_hash(range_root(node, start, middle), range_root(node, middle, end))


def inclusion_path(node: Node, seq: int, size: int) -> list[bytes]:
    """Return the audit path of leaf ``seq`` in the tree of ``size`` leaves, from the leaf up (2.1.1)."""
    if not 0 <= seq < size:
        raise ValueError("the tree of this size does not hold this leaf")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if seq < middle:
            path.append(range_root(node, middle, end))
            end = middle
        else:
            path.append(range_root(node, start, middle))
            start = middle
    return path[::-1]


def consistency_path(node: Node, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of ``new`` leaves begins with that of ``old`` ones (2.1.2)."""
    if not 0 <= old <= new:
        raise ValueError("only a smaller tree can be the beginning of a larger one")
    if old in {0, new}:
        return []
    path, start, end = [], 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_root(node, middle, end))
            end = middle
        else:
            path.append(range_root(node, start, middle))
            start = middle
    # The old tree as a whole is known to whoever checks: its own root. A part of it has to be named.
    if start:
        path.append(range_root(node, start, end))
    return path[::-1]


def inclusion_holds(leaf: bytes, seq: int, size: int, path: Sequence[bytes], top: bytes) -> bool:
    """Return whether the path leads from the leaf to the root ``top`` (RFC 9162, section 2.1.3.2)."""
    if not 0 <= seq < size:
        return False
    place, last, found = seq, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == top


def consistency_holds(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Return whether the path proves that the old tree begins the new one (RFC 9162, section 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    if not 0 < old < new:
        return False
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not steps:
        return False
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, step)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(width: int) -> int:
    """Return the largest power of two that is smaller than ``width``, which is at least 2."""
    return 1 << ((width - 1).bit_length() - 1)
