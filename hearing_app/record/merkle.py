"""The hash tree of RFC 6962, section 2.1, over leaf hashes.

A leaf is hashed as SHA-256(0x00 || entry) and a node as SHA-256(0x01 || left || right): the two prefixes
keep a node from ever being passed off as an entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of the node above two hashes."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the Merkle tree hash of the leaf hashes, in order; of none, the hash of the empty string.

    Complete subtrees are kept on a stack, largest first, so one pass with logarithmic memory is enough;
    folding what is left from the right gives the RFC's split at the largest power of two.
    """
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, node = 0, leaf
        while stack and stack[-1][0] == height:
            node = node_hash(stack.pop()[1], node)
            height += 1
        stack.append((height, node))
    if not stack:
        return EMPTY_ROOT
    node = stack.pop()[1]
    while stack:
        node = node_hash(stack.pop()[1], node)
    return node
