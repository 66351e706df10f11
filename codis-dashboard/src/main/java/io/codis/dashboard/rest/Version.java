package io.codis.dashboard.rest;

/** What was built, from the manifest of the jar; a build directory has none. */
public final class Version {

    private Version() {}

    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
