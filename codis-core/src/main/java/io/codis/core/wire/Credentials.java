package io.codis.core.wire;

/** A login at a storage engine. {@link #toString()} never shows the password. */
public record Credentials(String user, String password) {

    @Override
    public String toString() {
        return "Credentials[user=" + user + "]";
    }
}
