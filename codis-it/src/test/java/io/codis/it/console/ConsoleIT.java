package io.codis.it.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.Codis;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.ApiClient;
import io.codis.it.cluster.LocalCluster;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engines;
import io.codis.testkit.Ports;
import io.codis.testkit.resp.RespConnection;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console of a real cluster with data, load and a running move, in a real browser. Pictures are in target/console. */
class ConsoleIT {

    private static final int KEYS = 20_000;
    private static final Path PICTURES = Path.of("target", "console");

    @TempDir
    private Path directory;

    private final AtomicBoolean loading = new AtomicBoolean(true);
    private final int fePort = Ports.free();

    @Test
    void aPersonSeesGroupsSlotsProxiesAndARunningMoveAtTheDashboardAndThroughCodisFe() throws Exception {
        Optional<Path> chromium = Browser.installed();
        Assumptions.assumeTrue(chromium.isPresent(), "no chromium on the PATH: apt-get install chromium");
        try (var cluster = LocalCluster.start(Engines.redis7(), new LocalCluster.Shape(2, 2, 1));
                var api = ApiClient.create(Duration.ofSeconds(10));
                var browser = Browser.start(chromium.orElseThrow(), directory)) {
            String dashboard = cluster.status().dashboard().url();
            fill(cluster.endpoints().getFirst());
            Thread load =
                    Thread.ofPlatform().start(() -> load(cluster.endpoints().getFirst()));
            try {
                browser.open(dashboard);
                seesAClusterAtRest(browser);
                slowly(api, dashboard, 300_000);
                move(api, dashboard);
                seesTheMove(browser);
                // so that it is under way for as long as it is looked at
                held(api, dashboard, true);
                looksLikeAPicture(browser, "dashboard");
                try (ChildProcess fe = fe(dashboard)) {
                    browser.open("http://127.0.0.1:" + fePort + "/");
                    seesTheProduct(browser);
                    seesTheMove(browser);
                    looksLikeAPicture(browser, "fe");
                }
                browser.open(dashboard);
                slowly(api, dashboard, 0);
                held(api, dashboard, false);
                seesTheEndOfTheMove(browser);
            } finally {
                loading.set(false);
                load.join();
            }
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private ChildProcess fe(String dashboard) throws IOException {
        Path list = Files.writeString(
                directory.resolve("codis.json"),
                "[{\"name\": \"scenario\", \"dashboard\": \"" + dashboard.replace("http://", "") + "\"}]");
        ChildProcess fe = ChildProcess.java(
                "codis-fe",
                directory.resolve("fe.log"),
                Codis.class,
                List.of("codis-fe", "--listen", "127.0.0.1:" + fePort, "--dashboard-list", list.toString()));
        Awaitility.await("codis-fe listens").atMost(Duration.ofSeconds(30)).until(() -> listens(fePort));
        return fe;
    }

    private static boolean listens(int port) {
        try (var socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static void slowly(ApiClient api, String dashboard, int micros) {
        api.put(dashboard + "/api/topom/slots/action/interval/" + Xauth.ofDashboard("scenario") + "/" + micros);
    }

    private static void held(ApiClient api, String dashboard, boolean held) {
        String value = held ? "1" : "0";
        api.put(dashboard + "/api/topom/slots/action/disabled/" + Xauth.ofDashboard("scenario") + "/" + value);
    }

    private static void move(ApiClient api, String dashboard) {
        api.put(dashboard + "/api/topom/slots/action/create-range/" + Xauth.ofDashboard("scenario") + "/0/255/2");
    }

    private static void seesAClusterAtRest(Browser browser) {
        browser.await("ready", "document.querySelector('#phase').textContent === 'ready'");
        browser.await("four servers", "document.querySelectorAll('#groups tbody tr').length === 4");
        browser.await("two masters", column("groups", 2) + ".filter(t => t === 'master').length === 2");
        browser.await("replicas in sync", column("groups", 3) + ".filter(t => t === 'in sync').length === 2");
        browser.await(
                "keys at masters",
                column("groups", 4) + ".every(t => Number(t.replaceAll(',', '')) > " + KEYS / 4 + ")");
        browser.await("memory", column("groups", 5) + ".every(t => / (KiB|MiB)/.test(t))");
        browser.await("lag of replicas", column("groups", 6) + ".filter(t => / (B|KiB)$/.test(t)).length === 2");
        browser.await("512 slots each", column("groups", 7) + ".filter(t => t === '512').length === 2");
        browser.await("a proxy with load", column("proxies", 3) + "[0] === 'online'");
        browser.await("its QPS", "Number(" + column("proxies", 4) + "[0].replaceAll(',', '')) > 10");
        browser.await("no moves", "document.querySelector('#moves-section').hidden");
        assertThat(browser.text("document.querySelectorAll('#slotmap rect').length"))
                .isEqualTo("1024");
        assertThat(browser.text("document.title")).isEqualTo("Codis: scenario");
    }

    private static void seesTheMove(Browser browser) {
        browser.await("a move", "!document.querySelector('#moves-section').hidden");
        browser.await("its groups", "/group 1 . *group 2/.test(document.querySelector('#moves').innerText)");
        browser.await("its slots", "/of 256 slots/.test(document.querySelector('#moves').innerText)");
        browser.await(
                "moved keys", "/[1-9][0-9,]* of [1-9][0-9,]* keys/.test(document.querySelector('#moves').innerText)");
        browser.await("a bar", "document.querySelector('#moves progress').max === 256");
        browser.await("that grows", "document.querySelector('#moves progress').value > 1");
        browser.await("marked slots", "document.querySelectorAll('#slotmap rect[stroke^=hsl]').length >= 100");
        browser.await("the phase", "document.querySelector('#phase').textContent === 'moving slots'");
    }

    private static void seesTheProduct(Browser browser) {
        browser.await(
                "the product",
                "[...document.querySelectorAll('#product option')].map(o => o.textContent).join() === 'scenario'");
        browser.await("four servers", "document.querySelectorAll('#groups tbody tr').length === 4");
    }

    private static void seesTheEndOfTheMove(Browser browser) {
        browser.await("no more moves", "document.querySelector('#moves-section').hidden");
        browser.await("the new owners", column("groups", 7) + ".filter(t => t).join() === '256,768'");
        browser.await("the legend", "/group 2: 768/.test(document.querySelector('#legend').innerText)");
        browser.await("ready", "document.querySelector('#phase').textContent === 'ready'");
    }

    private static String column(String table, int number) {
        return "[...document.querySelectorAll('#" + table + " tbody tr')].map(r => r.cells[" + number + "].innerText)";
    }

    /** Light and dark: the slot map is painted in the colours of both groups. */
    private static void looksLikeAPicture(Browser browser, String name) {
        for (boolean dark : List.of(false, true)) {
            browser.dark(dark);
            BufferedImage picture = browser.picture(PICTURES.resolve(name + (dark ? "-dark" : "") + ".png"));
            Map<Integer, Integer> colours = coloursOfTheSlotMap(browser, picture);
            assertThat(colours.values().stream()
                            .filter(pixels -> pixels > 10_000)
                            .count())
                    .as("colours with more than 10,000 pixels of the slot map, " + colours.size() + " in all")
                    .isGreaterThanOrEqualTo(2);
        }
        browser.dark(false);
        browser.width(390);
        browser.picture(PICTURES.resolve(name + "-narrow.png"));
        assertThat(browser.text("document.documentElement.scrollWidth - innerWidth"))
                .as("pixels by which the page is too wide for a telephone")
                .isEqualTo("0");
        browser.width(1280);
    }

    private static Map<Integer, Integer> coloursOfTheSlotMap(Browser browser, BufferedImage picture) {
        int left = edge(browser, "left");
        int top = edge(browser, "top");
        int right = Math.min(picture.getWidth(), edge(browser, "right"));
        int bottom = Math.min(picture.getHeight(), edge(browser, "bottom"));
        var colours = new HashMap<Integer, Integer>();
        for (int x = left; x < right; x++) {
            for (int y = top; y < bottom; y++) {
                var colour = new Color(picture.getRGB(x, y));
                float[] hsb = Color.RGBtoHSB(colour.getRed(), colour.getGreen(), colour.getBlue(), null);
                if (hsb[1] > 0.3) {
                    colours.merge(Math.round(hsb[0] * 36), 1, Integer::sum);
                }
            }
        }
        return colours;
    }

    private static int edge(Browser browser, String side) {
        String value = browser.text("document.querySelector('#slotmap').getBoundingClientRect()." + side);
        return (int) Double.parseDouble(value);
    }

    private static void fill(String proxy) throws IOException {
        try (RespConnection client = RespConnection.open(proxy, Duration.ofSeconds(20))) {
            for (int i = 0; i < KEYS; i++) {
                client.send("SET", "key:" + i, "value of " + i);
            }
            client.flush();
            for (int i = 0; i < KEYS; i++) {
                client.read().text();
            }
        }
    }

    /** Some hundred requests per second. */
    private void load(String proxy) {
        try (RespConnection client = RespConnection.open(proxy, Duration.ofSeconds(20))) {
            for (int i = 0; loading.get(); i++) {
                client.call("SET", "key:" + i % KEYS, "new value of " + i);
                Thread.sleep(1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
