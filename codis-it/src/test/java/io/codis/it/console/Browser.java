package io.codis.it.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.infra.json.Json;
import io.codis.testkit.ChildProcess;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One page of a headless Chromium, spoken to by its DevTools protocol (https://chromedevtools.github.io/devtools-protocol), so
 * that no driver is needed.
 */
public final class Browser implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final long ANSWER_SECONDS = 30;

    private final ChildProcess process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Browser(ChildProcess process, Path profile) {
        this.process = process;
        Path file = profile.resolve("DevToolsActivePort");
        Awaitility.await("Chromium listens").atMost(START).until(() -> process.isAlive() && Files.exists(file));
        this.socket = http.newWebSocketBuilder()
                .buildAsync(page(port(file)), new Listener())
                .join();
        for (String domain : List.of("Page", "Runtime", "Log")) {
            call(domain + ".enable", Map.of());
        }
    }

    /** Where Chromium is; empty when it is not installed, unless {@code engines.required} says that it must be. */
    public static Optional<Path> installed() {
        Optional<Path> found = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(":"))
                .flatMap(directory -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty() && Boolean.getBoolean("engines.required")) {
            throw new IllegalStateException("no chromium on the PATH: apt-get install chromium");
        }
        return found;
    }

    /** @param directory for its profile and log */
    public static Browser start(Path program, Path directory) {
        Path profile = directory.resolve("profile");
        ChildProcess process = ChildProcess.start(
                "chromium",
                directory.resolve("chromium.log"),
                List.of(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "--window-size=1280,1400",
                        "about:blank"));
        try {
            return new Browser(process, profile);
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    private static int port(Path file) {
        try {
            return Integer.parseInt(Files.readAllLines(file).getFirst());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private URI page(int port) {
        var list = new AtomicReference<>(URI.create("none:/"));
        Awaitility.await("a page").atMost(START).until(() -> {
            byte[] body = URI.create("http://127.0.0.1:" + port + "/json/list")
                    .toURL()
                    .openStream()
                    .readAllBytes();
            for (JsonNode target : Json.tree(body)) {
                if (target.path("type").asText().equals("page")) {
                    list.set(URI.create(target.path("webSocketDebuggerUrl").asText()));
                    return true;
                }
            }
            return false;
        });
        return list.get();
    }

    public void open(String url) {
        call("Page.navigate", Map.of("url", url));
    }

    /** The value of a JavaScript expression, as text. */
    String text(String expression) {
        JsonNode answer = call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
        return answer.path("result").path("value").asText();
    }

    /** Waits until a JavaScript expression is true. */
    public void await(String what, String expression) {
        try {
            Awaitility.await(what)
                    .atMost(START)
                    .until(() -> text("Boolean(" + expression + ")").equals("true"));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("not " + what + ": " + text("document.body.innerText"), e);
        }
    }

    /** The page as it looks, stored as PNG in {@code file} as well. */
    public BufferedImage picture(Path file) {
        JsonNode answer = call("Page.captureScreenshot", Map.of("format", "png"));
        byte[] png = Base64.getDecoder().decode(answer.path("data").asText());
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, png);
            return ImageIO.read(new ByteArrayInputStream(png));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the page or its scripts complained about: exceptions, console errors, requests that failed. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Whether people asked their system for dark pages. */
    void dark(boolean wanted) {
        call(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", wanted ? "dark" : "light"))));
    }

    /** Of the window, in pixels. */
    void width(int pixels) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", pixels, "height", 1400, "deviceScaleFactor", 1, "mobile", false));
    }

    private JsonNode call(String method, Map<String, Object> parameters) {
        int id = calls.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        answers.put(id, answer);
        byte[] message = Json.write(Map.of("id", id, "method", method, "params", parameters));
        socket.sendText(new String(message, StandardCharsets.UTF_8), true).join();
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(method + " " + parameters + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void received(JsonNode message) {
        if (message.has("id")) {
            Optional.ofNullable(answers.remove(message.path("id").asInt()))
                    .ifPresent(answer -> answer.complete(message.path("result")));
            return;
        }
        JsonNode given = message.path("params");
        switch (message.path("method").asText()) {
            case "Runtime.exceptionThrown" ->
                complaints.add(given.path("exceptionDetails").toString());
            case "Runtime.consoleAPICalled" -> {
                if (List.of("error", "warning", "assert")
                        .contains(given.path("type").asText())) {
                    complaints.add(given.path("args").toString());
                }
            }
            case "Log.entryAdded" -> complaints.add(given.path("entry").toString());
            default -> {
                // of no interest
            }
        }
    }

    @Override
    public void close() {
        socket.abort();
        http.close();
        process.close();
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                received(Json.tree(text.toString().getBytes(StandardCharsets.UTF_8)));
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }
}
