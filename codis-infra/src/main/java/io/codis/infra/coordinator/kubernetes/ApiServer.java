package io.codis.infra.coordinator.kubernetes;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Which API server, which namespace, and how this process shows who it is.
 *
 * @param account the directory of a service account ({@code token}, {@code ca.crt}); null where somebody else, such as
 *     {@code kubectl proxy}, logs in
 */
record ApiServer(URI url, String namespace, @Nullable Path account) {

    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final Pattern PROXY = Pattern.compile("(http://[^/]+)/([a-z0-9]([a-z0-9-]*[a-z0-9])?)");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");

    /** How long a token is used before it is read again; the kubelet replaces it well before it expires. */
    static final Duration TOKEN_AGE = Duration.ofSeconds(60);

    /** What {@code coordinator_addr} says: a namespace, or {@code http://HOST:PORT/NAMESPACE}. */
    static ApiServer of(String address) {
        Matcher proxy = PROXY.matcher(address);
        if (proxy.matches()) {
            return new ApiServer(URI.create(proxy.group(1)), proxy.group(2), null);
        }
        if (!NAMESPACE.matcher(address).matches()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "coordinator_addr = \"" + address + "\": for coordinator_name \"kubernetes\" write a namespace, or"
                            + " http://HOST:PORT/NAMESPACE of a kubectl proxy");
        }
        return new ApiServer(inPod(address), address, ACCOUNT);
    }

    private static URI inPod(String namespace) {
        String host =
                Optional.ofNullable(System.getenv("KUBERNETES_SERVICE_HOST")).orElse("");
        String port =
                Optional.ofNullable(System.getenv("KUBERNETES_SERVICE_PORT")).orElse("443");
        if (host.isEmpty()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "coordinator_addr = \"" + namespace
                            + "\": this process runs in no pod (KUBERNETES_SERVICE_HOST is not"
                            + " set); start kubectl proxy and write http://127.0.0.1:8001/" + namespace);
        }
        return URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }

    /** Where files are of this process' pod only, and may outlive its container; empty outside of pods. */
    Optional<Path> directoryOfPod() {
        return ACCOUNT.equals(account) ? Optional.of(Path.of(System.getProperty("java.io.tmpdir"))) : Optional.empty();
    }

    /** What every request says in {@code Authorization}; empty for none. */
    String authorization() {
        if (account == null) {
            return "";
        }
        Path file = account.resolve("token");
        try {
            return "Bearer " + Files.readString(file, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new CodisException(
                    Reason.UNAUTHORIZED,
                    file + " cannot be read: " + e + "; the pod needs a service account with its token mounted",
                    e);
        }
    }

    /** Trusts the authority of the cluster and nobody else. */
    Optional<SSLContext> trust() {
        if (account == null) {
            return Optional.empty();
        }
        Path file = account.resolve("ca.crt");
        try (var in = Files.newInputStream(file)) {
            Collection<? extends Certificate> authorities =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int count = 0;
            for (Certificate each : authorities) {
                trusted.setCertificateEntry("authority-" + count++, each);
            }
            var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return Optional.of(context);
        } catch (IOException | GeneralSecurityException e) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT, file + ": no usable certificate of the API server: " + e, e);
        }
    }
}
