package io.futex.schedule;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Loads the classes of `io.futex.channel` anew, with a call of [Steps] before each access to what threads share
/// outside of locks. So the library's own code is driven step by step, and there is no seam in it for that.
///
/// One section's `lock` is one step; a wait in a cell ends at once, or whenever the schedule likes; no time passes.
public final class SteppedLoader extends RewritingLoader {
    private static final String PACKAGE = "io.futex.channel.";
    private static final ClassDesc STEPS = Steps.class.describeConstable().orElseThrow();
    private static final ClassDesc OBJECT = ConstantDescs.CD_Object;
    private static final MethodTypeDesc ACCESS = MethodTypeDesc.of(ConstantDescs.CD_void, OBJECT);
    private static final MethodTypeDesc WRITE = MethodTypeDesc.of(ConstantDescs.CD_void, OBJECT, ConstantDescs.CD_int);

    private static final Set<String> VOLATILE = Set.of("state", "receiverCell", "senderCell");

    /// Methods that do nothing here.
    private static final Set<String> NOTHING = Set.of("Pace.pause", "Pace.backOff", "Pace.giveWay");

    /// Methods in which a look and the compare-and-set after it are one step: if another came in between, it looks
    /// again.
    private static final Set<String> LOOK_AND_SET = Set.of("Waiter.claim", "Channel.send", "Channel.receive");

    /// What must be there, or this would be the model of something else.
    private static final List<String> KNOWN = List.of(
            "Pace.await",
            "Pace.pause",
            "Pace.backOff",
            "Pace.giveWay",
            "Waiter.claim",
            "Waiter.arm",
            "Waiter.sleep",
            "Waiter.wake",
            "Cases.random",
            "Sections.lock",
            "Channel.send",
            "Channel.receive");

    private static final String MISTAKES = "Mistakes";

    /// Methods for which the one of the same name in `Mistakes` is called.
    private final Set<String> mistaken;

    private interface Body {
        void write(CodeBuilder code);
    }

    /// The code as it is.
    public SteppedLoader() {
        this(Set.of());
    }

    /// With mistakes.
    ///
    /// @param mistaken by class and method, as in `Waiter.claim`
    public SteppedLoader(Set<String> mistaken) {
        super(PACKAGE);
        this.mistaken = mistaken;
        try {
            Class<?> hot = loadClass(PACKAGE + "Hot");
            VarHandle state =
                    MethodHandles.privateLookupIn(hot, MethodHandles.lookup()).findVarHandle(hot, "state", long.class);
            VarHandle receiver = MethodHandles.privateLookupIn(hot, MethodHandles.lookup())
                    .findVarHandle(hot, "receiverCell", int.class);
            VarHandle sender = MethodHandles.privateLookupIn(hot, MethodHandles.lookup())
                    .findVarHandle(hot, "senderCell", int.class);
            for (String method : KNOWN) {
                int dot = method.indexOf('.');
                if (Arrays.stream(loadClass(PACKAGE + method.substring(0, dot)).getDeclaredMethods())
                        .noneMatch(declared -> declared.getName().equals(method.substring(dot + 1)))) {
                    throw new AssertionError("this model is not of the code: there is no " + method);
                }
            }
            Steps.peekBy(
                    object -> hot.isInstance(object) ? (long) state.getVolatile(object) : 0,
                    object -> Math.max((int) receiver.getVolatile(object), (int) sender.getVolatile(object)));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("not the code that this is made for", e);
        }
    }

    /// A new object of a class of that package.
    public Object make(String simpleName, Object... arguments) {
        try {
            var constructor = loadClass(PACKAGE + simpleName).getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("not the code that this is made for", e);
        }
    }

    @Override
    protected byte[] rewrite(byte[] original, String className) {
        ClassFile file = ClassFile.of(
                ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(getParent())));
        ClassTransform transform = (builder, element) -> {
            if (element instanceof MethodModel method && method.code().isPresent()) {
                String name = className + "." + method.methodName().stringValue();
                builder.transformMethod(method, mistaken.contains(name) ? mistake(method) : ofMethod(className, name));
            } else {
                builder.with(element);
            }
        };
        return file.transformClass(file.parse(original), transform);
    }

    private MethodTransform ofMethod(String className, String name) {
        Body body = replacement(name);
        if (body != null) {
            return replacing(body);
        }
        if (name.equals("Sections.lock")) {
            return MethodTransform.transformingCode(new CodeTransform() {
                @Override
                public void atStart(CodeBuilder code) {
                    code.aload(0);
                    code.invokestatic(STEPS, "awaitUnlocked", MethodTypeDesc.of(ConstantDescs.CD_void, OBJECT));
                }

                @Override
                public void accept(CodeBuilder code, CodeElement element) {
                    code.with(element);
                }
            });
        }
        if (name.endsWith("<init>") || name.equals("Waiter.arm")) { // nobody else has it yet
            return MethodTransform.ACCEPT_ALL;
        }
        boolean sets = LOOK_AND_SET.contains(name);
        return MethodTransform.transformingCode((code, element) -> rewrite(code, element, className, sets));
    }

    private static MethodTransform replacing(Body body) {
        return (builder, element) -> {
            if (element instanceof CodeModel) {
                builder.withCode(body::write);
            } else {
                builder.with(element);
            }
        };
    }

    /// Calls the method of that name, with the same arguments and `this` before them.
    private static MethodTransform mistake(MethodModel method) {
        ClassDesc self = method.parent().orElseThrow().thisClass().asSymbol();
        MethodTypeDesc type = method.methodTypeSymbol().insertParameterTypes(0, self);
        return replacing(code -> {
            int slot = 0;
            for (ClassDesc parameter : type.parameterList()) {
                TypeKind kind = TypeKind.from(parameter);
                code.loadLocal(kind, slot);
                slot += kind.slotSize();
            }
            code.invokestatic(
                    ClassDesc.of(PACKAGE + MISTAKES), method.methodName().stringValue(), type);
            code.return_(TypeKind.from(type.returnType()));
        });
    }

    private static Body replacement(String name) {
        if (NOTHING.contains(name)) {
            return CodeBuilder::return_;
        }
        return switch (name) {
            case "Pace.await" ->
                code -> {
                    code.iload(3);
                    code.invokestatic(
                            STEPS, "pace", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_boolean));
                    code.return_();
                };
            case "Waiter.sleep" ->
                code -> {
                    code.aload(0);
                    code.getfield(ClassDesc.of(PACKAGE + "Waiter"), "sleeper", OBJECT);
                    code.lload(1);
                    code.invokestatic(
                            STEPS, "sleep", MethodTypeDesc.of(ConstantDescs.CD_void, OBJECT, ConstantDescs.CD_long));
                    code.return_();
                };
            case "Waiter.wake" ->
                code -> {
                    code.aload(0);
                    code.invokestatic(STEPS, "wake", MethodTypeDesc.of(ConstantDescs.CD_void, OBJECT));
                    code.return_();
                };
            case "Cases.random" ->
                code -> {
                    code.iload(1);
                    code.invokestatic(STEPS, "draw", MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int));
                    code.ireturn();
                };
            default -> null;
        };
    }

    private void rewrite(CodeBuilder code, CodeElement element, String className, boolean sets) {
        if (element instanceof FieldInstruction field) {
            rewrite(code, field, className, sets);
        } else if (element instanceof InvokeInstruction call) {
            rewrite(code, call, sets);
        } else {
            code.with(element);
        }
    }

    private void rewrite(CodeBuilder code, FieldInstruction field, String className, boolean sets) {
        String name = field.name().stringValue();
        boolean isLong = field.type().stringValue().equals("J");
        if (field.opcode() == Opcode.GETSTATIC
                && name.equals("LOOKS")
                && field.owner().asInternalName().endsWith("/Pace")) {
            code.loadConstant(className.equals("Cases") ? 0 : 1);
        } else if (!VOLATILE.contains(name) || field.opcode() == Opcode.GETSTATIC) {
            code.with(field);
        } else if (field.opcode() == Opcode.GETFIELD && isLong && className.equals("Core")) {
            if (mistaken.contains("Core.state")) {
                code.with(field).loadConstant(~1L).land(); // as if nobody had the lock
            } else {
                code.dup();
                code.invokestatic(STEPS, "awaitEndOfSection", ACCESS);
                code.with(field);
            }
        } else if (field.opcode() == Opcode.GETFIELD) {
            code.dup();
            code.invokestatic(STEPS, isLong ? "readsLong" : "readsInt", ACCESS);
            code.with(field);
            if (isLong) {
                code.dup2();
                code.invokestatic(
                        STEPS,
                        sets ? "sawLock" : className.equals("Cases") ? "sawVersion" : "saw",
                        MethodTypeDesc.ofDescriptor("(J)V"));
            } else {
                code.dup();
                code.invokestatic(STEPS, "saw", MethodTypeDesc.ofDescriptor("(I)V"));
            }
        } else if (isLong) {
            code.dup2_x1().pop2().dup();
            code.invokestatic(STEPS, "writesLong", ACCESS);
            code.dup_x2().pop();
            code.with(field);
        } else {
            code.dup2();
            code.invokestatic(STEPS, "writesInt", WRITE);
            code.with(field);
        }
    }

    private static void rewrite(CodeBuilder code, InvokeInstruction call, boolean sets) {
        String owner = call.owner().asInternalName();
        String method =
                owner.substring(owner.lastIndexOf('/') + 1) + "." + call.name().stringValue();
        switch (method) {
            case "AtomicLongFieldUpdater.compareAndSet",
                    "AtomicLongFieldUpdater.lazySet",
                    "AtomicIntegerFieldUpdater.compareAndSet",
                    "AtomicIntegerFieldUpdater.lazySet" -> {
                MethodTypeDesc type = call.typeSymbol().insertParameterTypes(0, ClassDesc.ofInternalName(owner));
                boolean after = sets && method.equals("AtomicIntegerFieldUpdater.compareAndSet");
                code.invokestatic(STEPS, after ? "setAfterLook" : call.name().stringValue(), type);
            }
            case "Thread.interrupted", "Deadline.isOver" ->
                code.invokestatic(STEPS, call.name().stringValue(), call.typeSymbol());
            case "Thread.interrupt" ->
                code.invokestatic(
                        STEPS,
                        "interrupt",
                        MethodTypeDesc.of(
                                ConstantDescs.CD_void,
                                Thread.class.describeConstable().orElseThrow()));
            case "Thread.yield" -> {}
            default -> code.with(call);
        }
    }
}
