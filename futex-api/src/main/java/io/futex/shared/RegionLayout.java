package io.futex.shared;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What lies where in a [SharedRegion]: slots with names, in the order in which they were added.
///
/// ```java
/// RegionLayout layout = RegionLayout.builder()
///         .mutex("lock")
///         .condition("changed", "lock")
///         .semaphore("free", 16)
///         .bytes("table", 1 << 20, 4096)
///         .build();
/// ```
///
/// Every slot begins on a cache line of its own, the first at byte 128, each further one at the next multiple of 64, or
/// of its alignment, after the one before. So offsets do not depend on what is added later, and a program in C can have
/// them as constants. Who needs synchronizers by the million puts them into [Builder#bytes], by the methods of
/// `io.futex.sync` that take an offset.
///
/// A region keeps its layout as text, by which another process is told what differs from its own.
public final class RegionLayout {
    /// A cache line.
    static final long LINE = 64;

    /// Where slots begin: behind the header.
    static final long FIRST = 128;

    /// What files take anyhow. So the text ends in a page of its own file on every system.
    private static final long PAGE = 4096;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    // FNV-1a of 64 bits: http://www.isthe.com/chongo/tech/comp/fnv
    private static final long FNV_OFFSET = 0xCBF2_9CE4_8422_2325L;
    private static final long FNV_PRIME = 0x100_0000_01B3L;

    private final Map<String, Slot> slots;
    private final String text;
    private final long textOffset;

    private RegionLayout(Map<String, Slot> slots, long end) {
        this.slots = slots;
        StringBuilder lines = new StringBuilder();
        for (Slot slot : slots.values()) {
            lines.append(slot).append('\n');
        }
        text = lines.toString();
        textOffset = end;
    }

    /// A layout without slots, to which some are added.
    ///
    /// @return the builder
    public static Builder builder() {
        return new Builder();
    }

    /// The size of a region of this layout.
    ///
    /// @return in bytes, a multiple of 4096
    public long bytes() {
        return align(textOffset + text.length(), PAGE);
    }

    /// Where a slot is in the file, and in [SharedRegion#segment()].
    ///
    /// @param name of the slot
    /// @return in bytes, from the beginning
    /// @throws IllegalArgumentException if there is no such slot
    public long offset(String name) {
        return slot(name).offset();
    }

    /// A number that differs, as good as certainly, where layouts do: the FNV-1a hash of [#toString()].
    ///
    /// @return 64 bits
    public long digest() {
        return digest(text);
    }

    /// As the region keeps it: a line for each slot, with its offset, kind, name and parameters.
    @Override
    public String toString() {
        return text;
    }

    // ---- inside

    static long digest(String text) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    static long align(long offset, long alignment) {
        return Math.addExact(offset, alignment - 1) & -alignment;
    }

    long textOffset() {
        return textOffset;
    }

    Iterable<Slot> slots() {
        return slots.values();
    }

    boolean has(String name, SlotKind kind) {
        Slot slot = slots.get(name);
        return slot != null && slot.kind() == kind;
    }

    Slot slot(String name) {
        Slot slot = slots.get(name);
        if (slot == null) {
            throw new IllegalArgumentException("there is no slot `" + name + "`; there are: " + slots.keySet());
        }
        return slot;
    }

    Slot slot(String name, SlotKind kind) {
        Slot slot = slot(name);
        if (slot.kind() != kind) {
            throw new IllegalArgumentException(
                    "the slot `" + name + "` is a " + slot.kind().title + ", not a " + kind.title);
        }
        return slot;
    }

    /// What a region keeps, made a layout again.
    ///
    /// @throws IllegalArgumentException if no layout says so; the message says why
    static RegionLayout parse(String text) {
        Builder builder = builder();
        text.lines().forEach(line -> {
            List<String> words = List.of(line.split(" ", -1));
            SlotKind kind = words.size() < 3 ? null : SlotKind.of(words.get(1));
            if (kind == null) {
                throw new IllegalArgumentException("this library knows no slot like `" + line + "`");
            }
            builder.add(kind, words.get(2), words.subList(3, words.size()));
        });
        RegionLayout layout = builder.build();
        if (!layout.text.equals(text)) {
            throw new IllegalArgumentException("its slots are not where this library would have them");
        }
        return layout;
    }

    /// The first slot in which this layout differs from another, for people.
    ///
    /// @return null if they are the same
    @Nullable
    String difference(RegionLayout expected) {
        List<String> here = text.lines().toList();
        List<String> there = expected.text.lines().toList();
        for (int i = 0; i < Math.max(here.size(), there.size()); i++) {
            String found = i < here.size() ? "`" + here.get(i) + "`" : "no more";
            String wanted = i < there.size() ? "`" + there.get(i) + "`" : "no more";
            if (!found.equals(wanted)) {
                return "slot " + (i + 1) + " is " + found + ", where " + wanted + " is expected";
            }
        }
        return null;
    }

    /// Adds slots to a layout. A name is 1 to 64 letters, digits, dots, dashes and underscores, and is used once.
    public static final class Builder {
        private final Map<String, Slot> slots = new LinkedHashMap<>();
        private long end = FIRST;

        private Builder() {}

        /// A word, 0 at first.
        public Builder word(String name) {
            return add(SlotKind.WORD, name, List.of());
        }

        /// A [io.futex.sync.PMutex].
        public Builder mutex(String name) {
            return add(SlotKind.MUTEX, name, List.of());
        }

        /// A [io.futex.sync.PCondition].
        ///
        /// @param mutex the name of its mutex, which has been added before
        public Builder condition(String name, String mutex) {
            return add(SlotKind.CONDITION, name, List.of(mutex));
        }

        /// A [io.futex.sync.RwMutex].
        public Builder rwMutex(String name) {
            return add(SlotKind.RW_MUTEX, name, List.of());
        }

        /// A [io.futex.sync.Semaphore].
        ///
        /// @param permits how many there are at first
        public Builder semaphore(String name, int permits) {
            return add(SlotKind.SEMAPHORE, name, List.of(String.valueOf(permits)));
        }

        /// A [RobustMutex].
        public Builder robustMutex(String name) {
            return add(SlotKind.ROBUST_MUTEX, name, List.of());
        }

        /// A [RobustOnce].
        public Builder robustOnce(String name) {
            return add(SlotKind.ROBUST_ONCE, name, List.of());
        }

        /// A [io.futex.sync.WaitGroup].
        public Builder waitGroup(String name) {
            return add(SlotKind.WAIT_GROUP, name, List.of());
        }

        /// A [io.futex.sync.Once].
        public Builder once(String name) {
            return add(SlotKind.ONCE, name, List.of());
        }

        /// A [io.futex.sync.Event] that is not set.
        ///
        /// @param autoReset whether each `set` lets one thread through
        public Builder event(String name, boolean autoReset) {
            return add(SlotKind.EVENT, name, List.of(autoReset ? SlotKind.AUTO_RESET : SlotKind.MANUAL_RESET));
        }

        /// A [io.futex.sync.Barrier].
        ///
        /// @param parties how many threads, of all processes, wait for each other, 1 to 65 536
        public Builder barrier(String name, int parties) {
            return add(SlotKind.BARRIER, name, List.of(String.valueOf(parties)));
        }

        /// A [io.futex.sync.Parker].
        public Builder parker(String name) {
            return add(SlotKind.PARKER, name, List.of());
        }

        /// A [io.futex.sync.Doorbell].
        public Builder doorbell(String name) {
            return add(SlotKind.DOORBELL, name, List.of());
        }

        /// Memory for what you like, zeroed.
        ///
        /// @param bytes how many
        /// @param alignment of its beginning: a power of two up to 4096
        public Builder bytes(String name, long bytes, long alignment) {
            return add(SlotKind.BYTES, name, List.of(String.valueOf(bytes), String.valueOf(alignment)));
        }

        /// A [SharedQueue].
        ///
        /// @param kind how many use it
        /// @param capacity how many records it holds, 1 to 2^24
        /// @param recordBytes the size of each, 1 to 2^24
        public Builder queue(String name, SharedQueue.Kind kind, int capacity, int recordBytes) {
            return add(
                    SlotKind.QUEUE, name, List.of(kind.name(), String.valueOf(capacity), String.valueOf(recordBytes)));
        }

        /// The layout of all that has been added so far.
        public RegionLayout build() {
            return new RegionLayout(new LinkedHashMap<>(slots), end);
        }

        Builder add(SlotKind kind, String name, List<String> parameters) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "`" + name + "` is no name of a slot: 1 to 64 letters, digits, dots, dashes and underscores");
            }
            if (slots.containsKey(name)) {
                throw new IllegalArgumentException("there is a slot `" + name + "` already");
            }
            check(kind, parameters);
            long offset = align(end, kind.alignment(parameters));
            long bytes = kind.bytes(parameters);
            slots.put(name, new Slot(kind, name, parameters, offset, bytes));
            end = Math.addExact(offset, bytes);
            return this;
        }

        private void check(SlotKind kind, List<String> parameters) {
            switch (kind) {
                case CONDITION -> {
                    Slot mutex = slots.get(parameters.get(0));
                    if (mutex == null || mutex.kind() != SlotKind.MUTEX) {
                        throw new IllegalArgumentException(
                                "a condition comes after its mutex; there is no mutex `" + parameters.get(0) + "` yet");
                    }
                }
                case SEMAPHORE -> require(parameters.get(0), 0, Integer.MAX_VALUE, "permits");
                case BARRIER -> require(parameters.get(0), 1, 1 << 16, "parties");
                case EVENT -> {
                    if (!List.of(SlotKind.AUTO_RESET, SlotKind.MANUAL_RESET).contains(parameters.get(0))) {
                        throw new IllegalArgumentException("an event is not `" + parameters.get(0) + "`");
                    }
                }
                case BYTES -> {
                    require(parameters.get(0), 1, Long.MAX_VALUE / 2, "bytes");
                    require(parameters.get(1), 1, PAGE, "alignment");
                    if (Long.bitCount(Long.parseLong(parameters.get(1))) != 1) {
                        throw new IllegalArgumentException("an alignment is a power of two, not " + parameters.get(1));
                    }
                }
                case QUEUE -> {
                    SharedQueue.Kind unused = SharedQueue.Kind.valueOf(parameters.get(0));
                    require(parameters.get(1), 1, 1 << 24, "capacity");
                    require(parameters.get(2), 1, 1 << 24, "recordBytes");
                }
                default -> {}
            }
        }

        private static void require(String number, long least, long most, String what) {
            long value = Long.parseLong(number);
            if (value < least || value > most) {
                throw new IllegalArgumentException(what + ": " + least + " to " + most + ", not " + value);
            }
        }
    }
}
