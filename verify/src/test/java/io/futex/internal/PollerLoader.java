package io.futex.internal;

import io.futex.schedule.RewritingLoader;
import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.Map;
import java.util.Set;

/// Loads the engine's classes anew, those around the [Poller] with a call of [PollerSteps] before each access to what
/// threads share, and in the place of each sleep, each interrupt and the clock. So the code that is played with is the
/// product's own.
///
/// What stands between a method's braces if it is synchronized is one step.
final class PollerLoader extends RewritingLoader {
    private static final String PACKAGE = "io.futex.internal.";
    private static final Set<String> STEPPED = Set.of(
            "Poller", "RingWait", "DelegatedWait", "SharedWaits", "Engine", "WaitFuture", "FutureWait", "Deadline");
    private static final Set<String> VOLATILE = Set.of("outcome", "system", "poller", "noPoller");
    private static final Set<String> REPLACED = Set.of(
            "LockSupport.park",
            "LockSupport.parkNanos",
            "LockSupport.unpark",
            "Thread.interrupted",
            "Thread.interrupt",
            "Thread.start",
            "System.nanoTime",
            "Polling.await",
            "PooledWaits.await");
    private static final ClassDesc STEPS = ClassDesc.of(PACKAGE + "PollerSteps");
    private static final ClassDesc MISTAKES = ClassDesc.of(PACKAGE + "PollerMistakes");
    private static final MethodTypeDesc NOTHING = ConstantDescs.MTD_void;

    /// By where a call is and what it calls: which method of [PollerMistakes] is called in its place.
    private final Map<String, String> mistakes;

    PollerLoader(Map<String, String> mistakes) {
        super(PACKAGE);
        this.mistakes = mistakes;
    }

    /// What plays one interleaving.
    Runnable game(long seed) {
        try {
            return (Runnable) loadClass(PACKAGE + "PollerGame")
                    .getDeclaredConstructor(long.class)
                    .newInstance(seed);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(String.valueOf(e), e);
        }
    }

    @Override
    protected byte[] rewrite(byte[] original, String className) {
        if (!STEPPED.contains(className)) {
            return original;
        }
        ClassFile file = ClassFile.of(
                ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(getParent())));
        ClassTransform transform = (builder, element) -> {
            if (element instanceof MethodModel method
                    && method.code().isPresent()
                    && !method.methodName().stringValue().equals("<init>")) {
                String name = className + "." + method.methodName().stringValue();
                AccessFlags flags = method.flags();
                boolean whole = flags.has(AccessFlag.SYNCHRONIZED);
                builder.transformMethod(
                        method, MethodTransform.transformingCode((code, part) -> rewrite(code, part, name, whole)));
            } else {
                builder.with(element);
            }
        };
        return file.transformClass(file.parse(original), transform);
    }

    private void rewrite(CodeBuilder code, CodeElement element, String in, boolean whole) {
        if (element instanceof InvokeInstruction call) {
            rewrite(code, call, in, whole);
        } else if (element instanceof FieldInstruction field
                && VOLATILE.contains(field.name().stringValue())
                && !whole) {
            code.invokestatic(STEPS, "step", NOTHING);
            code.with(field);
        } else if (in.equals("Poller.withdraw")
                && element instanceof ConstantInstruction constant
                && constant.constantValue().equals(1024)) {
            code.invokestatic(STEPS, "many", MethodTypeDesc.of(ConstantDescs.CD_int));
        } else {
            code.with(element);
        }
    }

    private void rewrite(CodeBuilder code, InvokeInstruction call, String in, boolean whole) {
        String owner = call.owner().asInternalName();
        String method =
                owner.substring(owner.lastIndexOf('/') + 1) + "." + call.name().stringValue();
        MethodTypeDesc type = call.typeSymbol();
        if (call.opcode() != Opcode.INVOKESTATIC && call.opcode() != Opcode.INVOKESPECIAL) {
            type = type.insertParameterTypes(0, ClassDesc.ofInternalName(owner));
        }
        String mistake = mistakes.get(in + " " + method);
        boolean shared = owner.startsWith("java/util/concurrent/atomic/") && call.opcode() == Opcode.INVOKEVIRTUAL;
        if (shared && !whole) {
            code.invokestatic(STEPS, "step", NOTHING);
        }
        if (mistake != null) {
            code.invokestatic(MISTAKES, mistake, type);
        } else if (method.equals("Thread.yield")) {
            code.invokestatic(STEPS, "step", NOTHING);
        } else if (REPLACED.contains(method)) {
            code.invokestatic(STEPS, call.name().stringValue(), type);
        } else {
            code.with(call);
        }
    }
}
