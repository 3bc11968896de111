package io.futex.packaging;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.StringJoiner;

/// Makes every call of a module once, and prints what the JVM has linked for it, each as a line of
/// reachability metadata. It asks the JVM's own cache of linked calls, so that no code of ours can forget one.
public final class LinkedCallsProgram {
    private static final SymbolLookup LIBC = Linker.nativeLinker().defaultLookup();

    private LinkedCallsProgram() {}

    /// @param args the class to ask
    public static void main(String[] args) throws Exception {
        Class<?> type = Class.forName(args[0]);
        try (Arena arena = Arena.ofConfined()) {
            if (type.getInterfaces().length == 1) {
                makeAll(construct(type), type.getInterfaces()[0], arena);
            } else {
                reserve(type);
            }
        }
        for (Object request : ((Map<?, ?>) field(field(Linker.nativeLinker(), "DOWNCALL_CACHE"), "cache")).keySet()) {
            System.out.println(line((FunctionDescriptor) field(request, "descriptor"), field(request, "options")));
        }
    }

    /// All that the interface of a backend has.
    private static void makeAll(Object calls, Class<?> type, Arena arena) throws ReflectiveOperationException {
        for (Method call : type.getDeclaredMethods()) {
            if (!Modifier.isStatic(call.getModifiers())) {
                call.setAccessible(true);
                call.invoke(
                        calls,
                        Arrays.stream(call.getParameterTypes())
                                .map(parameter -> argument(parameter, arena))
                                .toArray());
            }
        }
    }

    /// What the memory of WebAssembly needs of C.
    private static void reserve(Class<?> type) throws ReflectiveOperationException {
        Method of = type.getDeclaredMethod("of", long.class);
        of.setAccessible(true);
        of.invoke(null, 1L << 30);
    }

    /// All functions are one that does no harm, whatever it is given; and every JVM can capture errno.
    private static Object construct(Class<?> type) throws ReflectiveOperationException {
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return constructor.newInstance(Arrays.stream(constructor.getParameterTypes())
                .map(parameter -> parameter == String.class ? "errno" : (SymbolLookup) name -> LIBC.find("abs"))
                .toArray());
    }

    /// A system call of the number -1 is refused by every kernel.
    private static Object argument(Class<?> type, Arena arena) {
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        return type == int.class ? -1 : type == long.class ? (Object) 0L : arena.allocate(4, 4);
    }

    private static String line(FunctionDescriptor descriptor, Object options) throws ReflectiveOperationException {
        StringJoiner parameters = new StringJoiner(", ", "[", "]");
        for (MemoryLayout parameter : descriptor.argumentLayouts()) {
            parameters.add('"' + name(parameter) + '"');
        }
        StringJoiner told = new StringJoiner(", ", ", \"options\": {", "}").setEmptyValue("");
        if (asked(options, "hasCapturedCallState").equals(true)) {
            told.add("\"captureCallState\": true");
        }
        if (asked(options, "isVariadicFunction").equals(true)) {
            told.add("\"firstVariadicArg\": " + asked(options, "firstVariadicArgIndex"));
        }
        if (asked(options, "isCritical").equals(true)) {
            told.add("\"critical\": " + asked(options, "allowsHeapAccess"));
        }
        return "{\"returnType\": \""
                + descriptor.returnLayout().map(LinkedCallsProgram::name).orElse("void") + "\", \"parameterTypes\": "
                + parameters + told + "}";
    }

    private static String name(MemoryLayout layout) {
        return layout instanceof AddressLayout ? "void*" : "j" + ((ValueLayout) layout).carrier();
    }

    private static Object field(Object of, String name) throws ReflectiveOperationException {
        for (Class<?> type = of.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field.get(of);
                }
            }
        }
        throw new NoSuchFieldException(name);
    }

    private static Object asked(Object options, String question) throws ReflectiveOperationException {
        Method method = options.getClass().getMethod(question);
        method.setAccessible(true);
        return method.invoke(options);
    }
}
