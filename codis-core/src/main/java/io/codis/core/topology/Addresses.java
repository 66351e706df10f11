package io.codis.core.topology;

/** What may stand for a server: {@code host:port}. */
final class Addresses {

    private static final int MAX_PORT = 65535;

    private Addresses() {}

    /** True for a non-empty host without blanks and a port of 1 to 65535. */
    static boolean valid(String address) {
        int colon = address.lastIndexOf(':');
        if (colon <= 0 || address.chars().anyMatch(Character::isWhitespace)) {
            return false;
        }
        String port = address.substring(colon + 1);
        if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        int number = Integer.parseInt(port);
        return number >= 1 && number <= MAX_PORT;
    }
}
