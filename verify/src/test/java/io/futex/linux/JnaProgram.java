package io.futex.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.Futex;
import io.futex.contract.FutexContract;
import io.futex.process.Suite;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// A program that was told to take the binding jna, and runs the contract suite.
public final class JnaProgram {
    private static final int EAGAIN = 11;

    private static final boolean FUTEX_WAIT = asksTheKernel();

    private JnaProgram() {}

    /// @param arguments whether with storms
    public static void main(String[] arguments) {
        System.out.println(Futex.local());
        System.out.println(Futex.shared());
        Suite.runAndExit(Boolean.parseBoolean(arguments[0]), Local.class, Shared.class);
    }

    /// Whether this kernel has futex_wait and no filter hides it: it says that the word has another value, or nothing
    /// of the kind.
    private static boolean asksTheKernel() {
        Linker linker = Linker.nativeLinker();
        MethodHandle syscall = linker.downcallHandle(
                linker.defaultLookup().find("syscall").orElseThrow(),
                FunctionDescriptor.of(
                        JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG),
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            MemorySegment none = MemorySegment.NULL;
            long result = (long) syscall.invokeExact(state, 455L, arena.allocate(4, 4), 1L, 0xFFFF_FFFFL, 2L, none, 1L);
            int errno = state.get(
                    JAVA_INT, Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno")));
            return result == -1 && errno == EAGAIN;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /// JNA holds no arena open: only FFM can refuse to close one under a waiter.
    abstract static class Contract extends FutexContract {
        @Override
        protected boolean holdsArenaOpen() {
            return false;
        }

        @Override
        protected boolean hasFutexWait() {
            return FUTEX_WAIT;
        }
    }

    static final class Local extends Contract {
        @Override
        protected Futex futex() {
            return Futex.local();
        }
    }

    static final class Shared extends Contract {
        @Override
        protected Futex futex() {
            return Futex.shared();
        }
    }
}
