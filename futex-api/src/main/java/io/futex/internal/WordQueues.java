package io.futex.internal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The queues of the words of one bucket, found by address: a wake never walks over sleepers of other words, however
/// many share the bucket.
///
/// The first of each queue stands for it in a digital search tree (Edward Coffman and James Eve, *File structures using
/// hashing functions*, CACM 13/7, 1970): the bits of the hashed address say left or right on the way down, and each
/// node on the way is a queue itself. It needs no balancing, since the bits are as good as random, and no memory but
/// the nodes. Guarded by the bucket.
final class WordQueues {
    /// The highest bits are the same in all of a bucket; see [WaitTable#bucket].
    private static final int SKIPPED_BITS = 16;

    private @Nullable WaitNode root;

    /// Who has waited longest on the word.
    @Nullable
    WaitNode first(long address) {
        WaitNode head = root;
        for (long way = way(address); head != null && head.address != address; way <<= 1) {
            head = way < 0 ? head.right : head.left;
        }
        return head;
    }

    void append(WaitNode node) {
        WaitNode head = first(node.address);
        if (head == null) {
            put(node.address, null, node);
            return;
        }
        WaitNode last = head.last;
        node.previous = last;
        last.next = node;
        head.last = node;
    }

    void remove(WaitNode node) {
        WaitNode previous = node.previous;
        WaitNode next = node.next;
        if (previous != null) {
            previous.next = next;
            if (next != null) {
                next.previous = previous;
            } else {
                Objects.requireNonNull(first(node.address)).last = previous;
            }
        } else {
            WaitNode heir = next;
            if (next != null) {
                next.previous = null;
                next.last = node.last;
            } else {
                heir = takeLeaf(node);
            }
            if (heir != null) {
                heir.left = node.left;
                heir.right = node.right;
            }
            put(node.address, node, heir);
        }
        node.previous = null;
        node.next = null;
        node.last = node;
        node.left = null;
        node.right = null;
    }

    /// Replaces `old` on the way to the address, or the end of the way, by another.
    @SuppressWarnings("NullAway") // null is met at the end of the way alone, and then it is `old`
    private void put(long address, @Nullable WaitNode old, @Nullable WaitNode replacement) {
        WaitNode parent = null;
        boolean right = false;
        WaitNode head = root;
        for (long way = way(address); head != old; way <<= 1) {
            parent = head;
            right = way < 0;
            head = right ? head.right : head.left;
        }
        if (parent == null) {
            root = replacement;
        } else if (right) {
            parent.right = replacement;
        } else {
            parent.left = replacement;
        }
    }

    /// Any leaf below a node may take its place: what leads to the leaf leads to the node first.
    private static @Nullable WaitNode takeLeaf(WaitNode node) {
        WaitNode parent = node;
        WaitNode leaf = below(node);
        if (leaf == null) {
            return null;
        }
        for (WaitNode next = below(leaf); next != null; next = below(leaf)) {
            parent = leaf;
            leaf = next;
        }
        if (parent.left == leaf) {
            parent.left = null;
        } else {
            parent.right = null;
        }
        return leaf;
    }

    private static @Nullable WaitNode below(WaitNode node) {
        return node.left != null ? node.left : node.right;
    }

    private static long way(long address) {
        return Long.rotateLeft(WaitTable.hash(address), SKIPPED_BITS);
    }
}
