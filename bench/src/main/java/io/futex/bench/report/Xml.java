package io.futex.bench.report;

/// Text between tags and in attributes.
final class Xml {
    private Xml() {}

    /// With the characters that mean something.
    static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
