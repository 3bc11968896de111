package consumer;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.FrameworkWiring;

/// An OSGi framework with the jars of the library as they are, and a bundle that uses them.
public final class Bundles {
    private Bundles() {}

    /// @param args the backend, a folder for the framework, and the jars
    public static void main(String[] args) throws Exception {
        Framework framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(new HashMap<>(Map.of(Constants.FRAMEWORK_STORAGE, args[1])));
        framework.start();
        try {
            for (String jar : List.of(args).subList(2, args.length)) {
                framework.getBundleContext().installBundle(new File(jar).toURI().toString());
            }
            Bundle user = framework.getBundleContext()
                    .installBundle("user", new ByteArrayInputStream(bundle("io.futex;version=\"[0.1,0.2)\"")));
            if (!framework.adapt(FrameworkWiring.class).resolveBundles(null)) {
                throw new AssertionError("not resolved: "
                        + Stream.of(framework.getBundleContext().getBundles())
                                .filter(bundle -> bundle.getState() == Bundle.INSTALLED)
                                .toList());
            }
            user.start();
            user.loadClass(Consumer.class.getName())
                    .getMethod("check", String.class)
                    .invoke(null, args[0]);
        } finally {
            framework.stop();
            framework.waitForStop(60_000);
        }
        System.exit(0);
    }

    /// The class of the program as a bundle.
    private static byte[] bundle(String imports) throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        headers.putValue(Constants.BUNDLE_SYMBOLICNAME, "user");
        headers.putValue(Constants.IMPORT_PACKAGE, imports);
        String name = Consumer.class.getName().replace('.', '/') + ".class";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest);
                InputStream in = Consumer.class.getResourceAsStream("/" + name)) {
            jar.putNextEntry(new JarEntry(name));
            in.transferTo(jar);
        }
        return bytes.toByteArray();
    }
}
