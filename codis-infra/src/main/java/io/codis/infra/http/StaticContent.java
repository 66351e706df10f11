package io.codis.infra.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Files for a browser, from the class path or a directory. Use it on a route that ends in {@code {file...}}; an empty
 * rest is {@code index.html}. Nothing outside the root is ever served.
 */
public final class StaticContent implements HttpApi.Handler {

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("txt", "text/plain; charset=utf-8"));

    private interface Source {
        byte[] read(String file) throws IOException;
    }

    private final Source source;

    private StaticContent(Source source) {
        this.source = source;
    }

    /** Resources below {@code root}, such as {@code web}, of the class loader of {@code anchor}. */
    public static StaticContent ofClassPath(Class<?> anchor, String root) {
        return new StaticContent(file -> {
            try (InputStream in = anchor.getResourceAsStream("/" + root + "/" + file)) {
                return in == null ? new byte[0] : in.readAllBytes();
            }
        });
    }

    /** Files below {@code root}. */
    public static StaticContent ofDirectory(Path root) {
        return new StaticContent(file -> {
            Path path = root.resolve(file);
            boolean inside = Files.isRegularFile(path) && path.toRealPath().startsWith(root.toRealPath());
            return inside ? Files.readAllBytes(path) : new byte[0];
        });
    }

    @Override
    public Response handle(Request request) {
        String file = request.params().values().stream().findFirst().orElse("");
        if (file.isEmpty()) {
            file = "index.html";
        }
        for (String segment : file.split("/", -1)) {
            if (segment.isEmpty() || segment.startsWith(".") || segment.indexOf('\0') >= 0 || segment.contains("\\")) {
                return Response.notFound();
            }
        }
        try {
            byte[] content = source.read(file);
            return content.length == 0 ? Response.notFound() : Response.of(200, type(file), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String type(String file) {
        return TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "application/octet-stream");
    }
}
