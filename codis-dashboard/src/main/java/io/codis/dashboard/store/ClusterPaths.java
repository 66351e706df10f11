package io.codis.dashboard.store;

import java.util.Locale;

/** Where a product's objects are in the coordinator; all but {@link #cluster}, {@link #leader} and {@link #moves} as in Codis 3.2. */
record ClusterPaths(String product) {

    /** The whole topology, the only object that decides. */
    String cluster() {
        return base() + "/cluster";
    }

    String leader() {
        return base() + "/leader";
    }

    String moves() {
        return base() + "/moves";
    }

    String topom() {
        return base() + "/topom";
    }

    String slots() {
        return base() + "/slots";
    }

    String slot(int id) {
        return slots() + "/" + String.format(Locale.ROOT, "slot-%04d", id);
    }

    String groups() {
        return base() + "/group";
    }

    String group(int id) {
        return groups() + "/" + String.format(Locale.ROOT, "group-%04d", id);
    }

    String proxies() {
        return base() + "/proxy";
    }

    String proxy(String token) {
        return proxies() + "/proxy-" + token;
    }

    String sentinel() {
        return base() + "/sentinel";
    }

    private String base() {
        return "/codis3/" + product;
    }
}
