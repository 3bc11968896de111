package io.futex.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.spi.RobustRecord;
import io.futex.spi.RobustSystem;
import io.futex.spi.RobustThread;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The robust list of one thread, into which libc links the robust mutexes that C code locks, and this library its own
/// records between them:
///
/// ```
/// head    { next; futex_offset; list_op_pending }     of libc, in memory of the thread
/// record  { word @0; ... prev; next }                 next at -futex_offset, prev before it, as glibc and musl have it
/// ```
///
/// `next` is what the kernel follows when the thread ends; `prev` is for libc, which takes a mutex of its own out of
/// the middle by it. Both link at the head only.
///
/// A record lies in memory that others can write, so what is read there is a hint, and no address is used that was only
/// there: who precedes a record is found from the head, which lies in memory of the thread, and who follows it must be
/// known: a record of ours that was locked before, or a mutex of libc that was there when the record was linked. libc's
/// own nodes are believed as libc believes them.
///
/// The kernel reads the list in the thread itself, after its last instruction. So the stores must not be reordered by
/// the compiler, which release stores are not; the processor is seen by its own thread to keep the order anyway.
final class RobustList implements RobustThread {
    private static final VarHandle POINTER = JAVA_LONG.varHandle().withInvokeExactBehavior();

    /// All memory: libc's nodes lie anywhere. It does not leave this class.
    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    // struct robust_list_head of include/uapi/linux/futex.h
    private static final long FUTEX_OFFSET = 8;
    private static final long PENDING = 16;

    /// In a pointer to a node: it is of a mutex with priority inheritance.
    private static final long PI = 1;

    /// Where the kernel gives up (ROBUST_LIST_LIMIT).
    private static final int MOST_NODES = 2048;

    private static final long[] NONE = {};

    private final long head;
    private final int id;

    /// Where in a record its node is.
    private final long nodeOffset;

    /// What is linked and ours, the last one last. Behind the last one are some that were: to overwrite them with the
    /// same ones again is what costs nothing.
    private LinuxRobust.Mapped[] linked = new LinuxRobust.Mapped[8];

    private int count;

    /// @param head of the calling thread
    /// @param id the kernel's number of it
    RobustList(long head, int id) {
        this.head = head;
        this.id = id;
        nodeOffset = -get(head + FUTEX_OFFSET);
    }

    /// Whether a record has room for libc's node.
    boolean fits() {
        return nodeOffset >= LinuxRobust.FIRST_NODE
                && nodeOffset <= RobustSystem.RECORD_BYTES - Long.BYTES
                && nodeOffset % Long.BYTES == 0;
    }

    long nodeOffset() {
        return nodeOffset;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public void begin(RobustRecord record) {
        set(head + PENDING, node((LinuxRobust.Mapped) record));
    }

    @Override
    public boolean isPending() {
        return get(head + PENDING) != 0;
    }

    @Override
    public void end() {
        set(head + PENDING, 0);
    }

    @Override
    public void link(RobustRecord record) {
        LinuxRobust.Mapped added = (LinuxRobust.Mapped) record;
        long node = node(added);
        set(head + PENDING, node); // once more: where the stack has no room for the stores below, this throws
        if (count == linked.length) {
            linked = Arrays.copyOf(linked, 2 * count);
        }
        long first = get(head);
        if (first != head || added.others.length != 0) {
            added.others = first == head || indexOf(first & ~PI) >= 0 ? NONE : othersFrom(first);
        }
        if (linked[count] != added) {
            linked[count] = added;
        }
        set(node - Long.BYTES, head);
        set(node, first);
        if (first != head) {
            set((first & ~PI) - Long.BYTES, node);
        }
        set(head, node); // from here on it is found
        count++;
        set(head + PENDING, 0);
    }

    @Override
    public boolean unlink(RobustRecord record) {
        long node = node((LinuxRobust.Mapped) record);
        int index = indexOf(node);
        if (index < 0) {
            return false;
        }
        long next = next(index);
        long before = get(head) == node ? head : before(node);
        // What may follow this one may follow the one of ours that stands before it, from now on.
        LinuxRobust.Mapped newer = index + 1 < count && linked[index].others.length != 0 ? linked[index + 1] : null;
        long[] others = newer == null ? NONE : concat(linked[index].others, newer.others);
        set(head + PENDING, node); // from here on nothing throws
        if (newer != null) {
            newer.others = others;
        }
        if (before != 0) {
            set(before, next);
            if (next != head) {
                set((next & ~PI) - Long.BYTES, before);
            }
        }
        count--;
        if (index < count) {
            System.arraycopy(linked, index + 1, linked, index, count - index);
        }
        return true;
    }

    @Override
    public boolean isLinked(RobustRecord record) {
        return indexOf(node((LinuxRobust.Mapped) record)) >= 0;
    }

    @Override
    public boolean hasLinked() {
        return count != 0;
    }

    /// Which of ours a node is, or -1.
    private int indexOf(long node) {
        for (int i = count - 1; i >= 0; i--) {
            if (node(linked[i]) == node) {
                return i;
            }
        }
        return -1;
    }

    /// What follows a record of ours. Nobody links behind it, so what does was there before it; if the record says
    /// otherwise somebody else has written into it, and libc's nodes between it and the one of ours before are lost.
    private long next(int index) {
        long next = get(node(linked[index]));
        if (next == head) {
            return next;
        }
        int older = indexOf(next);
        if (older >= 0 && older < index) {
            return next;
        }
        for (long other : linked[index].others) {
            if (other == next) {
                return next;
            }
        }
        return index == 0 ? head : node(linked[index - 1]);
    }

    /// The node before one of ours, or 0 if it cannot be reached any more.
    private long before(long node) {
        long at = head;
        for (int i = 0; i < MOST_NODES; i++) {
            int index = at == head ? -1 : indexOf(at);
            long next = (index >= 0 ? next(index) : get(at)) & ~PI;
            if (next == node) {
                return at;
            }
            if (next == head || next == 0) {
                return 0;
            }
            at = next;
        }
        return 0;
    }

    /// libc's nodes from one on, to the next one of ours.
    private long[] othersFrom(long first) {
        long[] others = new long[8];
        int n = 0;
        for (long at = first; at != head && at != 0 && n < MOST_NODES && indexOf(at & ~PI) < 0; at = get(at & ~PI)) {
            if (n == others.length) {
                others = Arrays.copyOf(others, 2 * n);
            }
            others[n++] = at;
        }
        return Arrays.copyOf(others, n);
    }

    private static long[] concat(long[] one, long[] other) {
        long[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private long node(LinuxRobust.Mapped record) {
        return record.address + nodeOffset;
    }

    private static long get(long address) {
        return (long) POINTER.get(ALL, address);
    }

    private static void set(long address, long value) {
        POINTER.setRelease(ALL, address, value);
    }
}
