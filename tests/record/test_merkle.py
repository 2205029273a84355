from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.record.merkle import (
    EMPTY_ROOT,
    Node,
    completed_nodes,
    consistency_holds,
    consistency_path,
    inclusion_holds,
    inclusion_path,
    leaf_hash,
    node_hash,
    root,
)

# The test vectors of the reference implementation of certificate transparency: the first n entries, and
# the root of the tree of n leaves.
ENTRIES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(entries: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return sha256(b"\x01" + by_definition(entries[:split]) + by_definition(entries[split:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_reference_vectors_are_met(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES[:size]]
    assert root(leaves).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root([]) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_root_is_that_of_the_definition(entries: list[bytes]) -> None:
    assert root(leaf_hash(entry) for entry in entries) == by_definition(entries)


def test_a_node_cannot_be_passed_off_as_an_entry() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    assert leaf_hash(left + right) != node_hash(left, right)
    assert root([leaf_hash(left + right)]) != root([left, right])


def nodes_of(leaves: list[bytes]) -> Node:
    """A tree's nodes, each computed anew by the definition from the leaves below it."""

    def node(level: int, place: int) -> bytes:
        assert (place + 1) << level <= len(leaves), "only nodes whose leaves are all there are asked for"
        return root(leaves[place << level : (place + 1) << level])

    return node


def path_by_definition(seq: int, entries: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1, word for word."""
    if len(entries) == 1:
        return []
    split = 1
    while split * 2 < len(entries):
        split *= 2
    left, right = entries[:split], entries[split:]
    if seq < split:
        return [*path_by_definition(seq, left), by_definition(right)]
    return [*path_by_definition(seq - split, right), by_definition(left)]


def proof_by_definition(old: int, entries: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962, section 2.1.2: PROOF and SUBPROOF, word for word."""
    if old == len(entries):
        return [] if whole else [by_definition(entries)]
    split = 1
    while split * 2 < len(entries):
        split *= 2
    left, right = entries[:split], entries[split:]
    if old <= split:
        return [*proof_by_definition(old, left, whole), by_definition(right)]
    return [*proof_by_definition(old - split, right, False), by_definition(left)]


ALL = [bytes([number]) for number in range(40)]


@pytest.mark.parametrize("size", range(1, 41))
def test_every_proof_of_a_small_tree_is_that_of_the_definition_and_holds(size: int) -> None:
    leaves = [leaf_hash(entry) for entry in ALL[:size]]
    node, top = nodes_of(leaves), by_definition(ALL[:size])
    for seq in range(size):
        path = inclusion_path(node, seq, size)
        assert path == path_by_definition(seq, ALL[:size])
        assert inclusion_holds(leaves[seq], seq, size, path, top)
        for other in range(size + 1):
            assert inclusion_holds(leaves[seq], other, size, path, top) is (other == seq)
    for old in range(size + 1):
        path = consistency_path(node, old, size)
        if old:
            assert path == proof_by_definition(old, ALL[:size])
        assert consistency_holds(old, size, by_definition(ALL[:old]), top, path)


@given(st.integers(1, 300), st.data())
def test_a_changed_proof_does_not_hold(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes(number.to_bytes(2, "big"))) for number in range(size)]
    node, top = nodes_of(leaves), root(leaves)
    seq, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    path, proof, old_root = (
        inclusion_path(node, seq, size),
        consistency_path(node, old, size),
        root(leaves[:old]),
    )
    assert inclusion_holds(leaves[seq], seq, size, path, top)
    assert consistency_holds(old, size, old_root, top, proof)
    other = sha256(b"other").digest()
    for place in range(len(path)):
        assert not inclusion_holds(leaves[seq], seq, size, [*path[:place], other, *path[place + 1 :]], top)
        assert not inclusion_holds(leaves[seq], seq, size, [*path[:place], *path[place + 1 :]], top)
    assert not inclusion_holds(leaves[seq], seq, size, [*path, other], top)
    assert not inclusion_holds(other, seq, size, path, top)
    assert not inclusion_holds(leaves[seq], size, size, path, top)
    assert not consistency_holds(old, size, other, top, proof)
    assert not consistency_holds(old, size, old_root, other, proof)
    assert not consistency_holds(old, size, old_root, top, [*proof, other])
    for place in range(len(proof)):
        assert not consistency_holds(old, size, old_root, top, [*proof[:place], other, *proof[place + 1 :]])
        assert not consistency_holds(old, size, old_root, top, [*proof[:place], *proof[place + 1 :]])


def test_a_tree_that_is_not_there_has_no_proof() -> None:
    node = nodes_of([leaf_hash(b"")])
    for seq, size in ((1, 1), (-1, 1), (0, 0)):
        with pytest.raises(ValueError, match="does not hold"):
            inclusion_path(node, seq, size)
    for old, new in ((2, 1), (-1, 1)):
        with pytest.raises(ValueError, match="smaller"):
            consistency_path(node, old, new)
    assert not consistency_holds(2, 1, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not consistency_holds(1, 2, EMPTY_ROOT, EMPTY_ROOT, [])


def test_each_leaf_completes_the_nodes_above_it() -> None:
    assert completed_nodes(0) == []
    assert completed_nodes(1) == [(1, 0)]
    assert completed_nodes(3) == [(1, 1), (2, 0)]
    assert completed_nodes(7) == [(1, 3), (2, 1), (3, 0)]
    every = [node for seq in range(64) for node in completed_nodes(seq)]
    assert len(every) == len(set(every)) == 63
