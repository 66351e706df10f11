package io.codis.proxy;

/** What was built, from the manifest of the jar; a build directory has none. */
final class Version {

    static final String TEXT = text();
    static final String COMPILE = "java " + Runtime.version();

    private Version() {}

    private static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
