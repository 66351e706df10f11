package io.codis.infra.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A method and a pattern of segments; {@code {name}} matches one segment, a last {@code {name...}} all that remain. */
record Route(String method, List<String> pattern, boolean open, HttpApi.Handler handler) {

    static Route of(String method, String pattern, boolean open, HttpApi.Handler handler) {
        return new Route(method, segments(pattern), open, handler);
    }

    /** The parameters if {@code path} (its segments, decoded) fits, else empty. */
    Optional<Map<String, String>> match(String requested, List<String> path) {
        if (!method.equals(requested)) {
            return Optional.empty();
        }
        var params = new HashMap<String, String>();
        for (int i = 0; i < pattern.size(); i++) {
            String wanted = pattern.get(i);
            if (wanted.endsWith("...}")) {
                params.put(
                        wanted.substring(1, wanted.length() - 4),
                        String.join("/", path.subList(Math.min(i, path.size()), path.size())));
                return Optional.of(params);
            }
            if (i >= path.size()) {
                return Optional.empty();
            }
            if (wanted.startsWith("{")) {
                if (path.get(i).isEmpty()) {
                    return Optional.empty();
                }
                params.put(wanted.substring(1, wanted.length() - 1), path.get(i));
            } else if (!wanted.equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return path.size() == pattern.size() ? Optional.of(params) : Optional.empty();
    }

    /** Segments of a decoded path; one trailing {@code /} does not count. */
    static List<String> segments(String path) {
        String trimmed = path.startsWith("/") ? path.substring(1) : path;
        if (trimmed.endsWith("/")) {
            trimmed = trimmed.substring(0, trimmed.length() - 1);
        }
        return trimmed.isEmpty() ? List.of() : List.of(trimmed.split("/", -1));
    }
}
