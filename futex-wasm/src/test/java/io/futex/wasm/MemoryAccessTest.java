package io.futex.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.MemoryLimits;

/// Every access but wait and notify: our memory beside one of Endive's own, which passes the specification's tests of
/// these.
final class MemoryAccessTest {
    private static final int BYTES = 2 * 65536;

    private final SharedWasmMemory ours = SharedWasmMemory.create(2, 4);
    private final Memory endives = new ByteArrayMemory(new MemoryLimits(2, 4, true));

    @Test
    void everyAtomicInstructionDoesAsOnEndivesMemory() {
        Random random = new Random(1);
        Instance our = InstancePerThread.instance(Guests.TABLE, ours);
        Instance their = InstancePerThread.instance(Guests.TABLE, endives);
        List<String> names = new ArrayList<>();
        for (String bits : new String[] {"i32.8", "i32.16", "i32.", "i64.8", "i64.16", "i64.32", "i64."}) {
            String type = bits.substring(0, 3);
            String width = bits.substring(4);
            String suffix = width.isEmpty() ? "" : "_u";
            names.add(type + ".atomic.load" + width + suffix);
            names.add(type + ".atomic.store" + width);
            for (String operation : new String[] {"add", "sub", "and", "or", "xor", "xchg", "cmpxchg"}) {
                names.add(type + ".atomic.rmw" + width + "." + operation + suffix);
            }
        }
        assertThat(names).hasSize(63);
        assertThat(our.export("fence").apply()).isEqualTo(their.export("fence").apply());
        int traps = 0;
        for (int i = 0; i < Scale.of(15_000, 1_000_000); i++) {
            String name = names.get(random.nextInt(names.size()));
            int address = address(random, i);
            long[] values = {value(random), value(random)};
            if (name.contains("cmpxchg") && random.nextBoolean()) {
                values[0] = peek(name, address);
            }
            long[] arguments = arguments(name, address, values);
            Object expected = outcome(() -> one(their.export(name).apply(arguments)), UnaryOperator.identity());
            Object found = outcome(() -> one(our.export(name).apply(arguments)), UnaryOperator.identity());
            assertThat(found).as("%s at %s of %s", name, address, arguments).isEqualTo(expected);
            traps += expected instanceof Long ? 0 : 1;
        }
        assertThat(traps).isPositive();
        assertSame();
    }

    /// The value that lies there, so that every other compare-and-exchange succeeds.
    private long peek(String name, int address) {
        String width = name.substring("i32.atomic.rmw".length(), name.indexOf('.', "i32.atomic.rmw".length()));
        int bits = width.isEmpty() ? Integer.parseInt(name.substring(1, 3)) : Integer.parseInt(width);
        if (address < 0 || address > BYTES - 8) {
            return 0;
        }
        long value = ours.readLong(address);
        return bits == 64 ? value : value & ((1L << bits) - 1);
    }

    private static long[] arguments(String name, int address, long... values) {
        boolean narrow = name.startsWith("i32");
        long one = narrow ? (int) values[0] : values[0];
        long two = narrow ? (int) values[1] : values[1];
        if (name.contains("load")) {
            return new long[] {address};
        }
        return name.contains("cmpxchg") ? new long[] {address, one, two} : new long[] {address, one};
    }

    private static long one(long[] results) {
        return results == null || results.length == 0 ? 0 : results[0];
    }

    /// In bounds and aligned as a rule, around the end of the memory and of its pages now and then.
    private static int address(Random random, int i) {
        int near = switch (i % 16) {
            case 0 -> BYTES;
            case 1 -> BYTES / 2;
            case 2 -> 0x7fff_fff8;
            default -> 64;
        };
        return near + random.nextInt(24) - 8;
    }

    private static long value(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(3) - 1;
            case 1 -> random.nextInt();
            default -> random.nextLong();
        };
    }

    @Test
    void everyPlainAccessDoesAsOnEndivesMemory() {
        Random random = new Random(2);
        for (int i = 0; i < Scale.of(50_000, 3_000_000); i++) {
            int kind = random.nextInt(19);
            int address = address(random, i);
            int other = address(random, random.nextInt(16));
            int size = random.nextInt(20) - 1;
            long value = value(random);
            Object expected =
                    outcome(() -> plain(endives, kind, address, other, size, value), MemoryAccessTest::specified);
            Object found = outcome(() -> plain(ours, kind, address, other, size, value), MemoryAccessTest::specified);
            assertThat(found).as("%s at %s, %s, %s", kind, address, other, size).isEqualTo(expected);
        }
        assertSame();
    }

    private static long plain(Memory memory, int kind, int address, int other, int size, long value) {
        switch (kind) {
            case 0 -> memory.writeByte(address, (byte) value);
            case 1 -> memory.writeShort(address, (short) value);
            case 2 -> memory.writeI32(address, (int) value);
            case 3 -> memory.writeLong(address, value);
            case 4 -> memory.writeF32(address, Float.intBitsToFloat((int) value & 0x7f7f_ffff));
            case 5 -> memory.writeF64(address, Double.longBitsToDouble(value & 0x7fdf_ffff_ffff_ffffL));
            case 6 -> memory.fill((byte) value, address, address + size);
            case 7 -> memory.write(address, String.valueOf(value).getBytes(StandardCharsets.UTF_8), 1, size);
            case 18 -> memory.copy(address, other, size);
            default -> {
                return read(memory, kind, address, size);
            }
        }
        return 0;
    }

    private static long read(Memory memory, int kind, int address, int size) {
        return switch (kind) {
            case 8 -> memory.read(address);
            case 9 -> memory.readShort(address);
            case 10 -> memory.readU16(address);
            case 11 -> memory.readInt(address);
            case 12 -> memory.readLong(address);
            case 13 -> memory.readF32(address);
            case 14 -> memory.readF64(address);
            case 15 -> Float.floatToRawIntBits(memory.readFloat(address));
            case 16 -> Double.doubleToRawLongBits(memory.readDouble(address));
            default -> Arrays.hashCode(memory.readBytes(address, size));
        };
    }

    /// What came of a call: its result, or how it trapped.
    private static Object outcome(LongSupplier call, UnaryOperator<String> part) {
        try {
            return call.getAsLong();
        } catch (WasmEngineException e) {
            return e.getClass().getSimpleName() + ": " + part.apply(e.getMessage());
        }
    }

    /// The part of a message that the specification has. After it, Endive tells of the first byte that was missing
    /// where an access crosses the end of a page.
    private static String specified(String message) {
        return message.substring(0, message.indexOf(':'));
    }

    private void assertSame() {
        assertThat(ours.readBytes(0, BYTES)).isEqualTo(endives.readBytes(0, BYTES));
    }

    /// Bytes and shorts are changed by way of the int around them, and their neighbours must not be lost.
    @Test
    void narrowAndWideChangesOfOneWordAreBothKept() {
        int times = Scale.of(50_000, 2_000_000);
        List<ToLongFunction<SharedWasmMemory>> changes = List.of(
                memory -> memory.atomicAddByte(64, (byte) 1),
                memory -> memory.atomicAddByte(65, (byte) 1),
                memory -> memory.atomicAddShort(66, (short) 1),
                memory -> memory.atomicAddInt(64, 0x0001_0000),
                memory -> memory.atomicAddLong(64, 0x1_0000_0000L));
        List<Waiter> threads = new ArrayList<>();
        for (ToLongFunction<SharedWasmMemory> change : changes) {
            threads.add(Waiter.platform(() -> {
                for (int i = 0; i < times; i++) {
                    long unused = change.applyAsLong(ours);
                }
                return null;
            }));
        }
        threads.forEach(Waiter::result);
        assertThat(ours.read(64)).isEqualTo((byte) times);
        assertThat(ours.read(65)).isEqualTo((byte) times);
        assertThat(ours.readShort(66)).isEqualTo((short) (2 * times)); // by the short and by the int
        assertThat(ours.readInt(68)).isEqualTo(times);
    }

    @Test
    void growingMovesNothing() {
        var before = ours.segment();
        ours.writeI32(65536 * 2 - 4, 7);
        assertThat(ours.grow(2)).isEqualTo(2);
        assertThat(ours.segment().address()).isEqualTo(before.address());
        assertThat(ours.segment().byteSize()).isEqualTo(4 * 65536);
        assertThat(ours.readInt(65536 * 2 - 4)).isEqualTo(7);
        assertThat(ours.readInt(65536 * 4 - 4)).isZero();
        assertThat(ours.grow(1)).isEqualTo(-1);
        assertThat(ours.grow(0)).isEqualTo(4);
        assertThat(ours.grow(Integer.MAX_VALUE)).isEqualTo(-1);
        assertThat(ours.grow(-1)).isEqualTo(-1);
    }

    /// Far more than a JVM would zero in the time of a test; taken from the system, and touched in two places.
    @Test
    void theLargestMemoryTakesNoRoomUntilItIsTouched() {
        SharedWasmMemory large = SharedWasmMemory.create(1, Memory.RUNTIME_MAX_PAGES);
        assertThat(large.grow(Memory.RUNTIME_MAX_PAGES - 1)).isEqualTo(1);
        int last = Memory.RUNTIME_MAX_PAGES * 65536 - 8;
        assertThat(large.atomicAddLong(last, 5)).isZero();
        assertThat(large.atomicAddLong(last, 5)).isEqualTo(5);
        assertThat(large.atomicNotify(last + 4, 1)).isZero();
        assertThatThrownBy(() -> large.atomicNotify(last + 8, 1)).isInstanceOf(WasmRuntimeException.class);
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 0", "2, 1", "1, 32768", "1, -1"})
    void refusesImpossibleSizes(int min, int max) {
        assertThatThrownBy(() -> SharedWasmMemory.create(min, max)).isInstanceOf(IllegalArgumentException.class);
    }
}
