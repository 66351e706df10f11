package io.codis.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.codis3.Topom;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.ProxyModel;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.ApiClient;
import io.codis.infra.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The API of one dashboard or proxy, after it has shown who it is and taken our login. */
public final class Remote implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final ApiClient client;
    private final String base;
    private final String api;
    private final String xauth;

    private Remote(ApiClient client, String base, String api, String xauth) {
        this.client = client;
        this.base = base;
        this.api = api;
        this.xauth = xauth;
    }

    /** The dashboard at {@code host:port}. */
    public static Remote dashboard(String address) {
        String base = base(address);
        var client = ApiClient.create(DEADLINE);
        try {
            var model = client.get(base + "/api/topom/model", Topom.class);
            return new Remote(client, base, "/api/topom/", Xauth.ofDashboard(model.productName())).ping();
        } catch (CodisException e) {
            client.close();
            throw e;
        }
    }

    static Remote proxy(String address, String auth) {
        String base = base(address);
        var client = ApiClient.create(DEADLINE);
        try {
            var model = client.get(base + "/api/proxy/model", ProxyModel.class);
            String xauth = Xauth.ofProxy(model.productName(), auth, model.token());
            return new Remote(client, base, "/api/proxy/", xauth).ping();
        } catch (CodisException e) {
            client.close();
            throw e;
        }
    }

    /** A page that needs no login, such as {@code /proxy}. */
    static JsonNode page(String address, String path) {
        try (var client = ApiClient.create(DEADLINE)) {
            return Json.tree(client.getBytes(base(address) + path));
        }
    }

    /** GET of a page of this process, such as {@code /topom}. */
    JsonNode page(String path) {
        return Json.tree(client.getBytes(base + path));
    }

    /** GET of {@code operation}, guarded. */
    public JsonNode get(String operation) {
        return Json.tree(client.getBytes(url(operation)));
    }

    void put(String operation, Object... arguments) {
        client.put(url(operation, arguments));
    }

    JsonNode ask(String operation, Object... arguments) {
        return client.put(url(operation, arguments), JsonNode.class);
    }

    void putJson(String operation, Object body) {
        client.putJson(url(operation), body);
    }

    /** As {@link #putJson} with {@code tail} behind the login. */
    void putJsonTo(String operation, String tail, Object body) {
        client.putJson(url(operation, tail), body);
    }

    @Override
    public void close() {
        client.close();
    }

    private Remote ping() {
        get("xping");
        return this;
    }

    private String url(String operation, Object... arguments) {
        String tail = Arrays.stream(arguments)
                .map(each -> "/"
                        + URLEncoder.encode(each.toString(), StandardCharsets.UTF_8)
                                .replace("+", "%20"))
                .collect(Collectors.joining());
        return base + api + operation + "/" + xauth + tail;
    }

    private static String base(String address) {
        if (address.isBlank() || address.contains("/")) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "\"" + address + "\" is not an address; write host:port");
        }
        return "http://" + address;
    }
}
