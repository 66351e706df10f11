# All programs of Codis and the storage engine, for amd64, arm64 and whatever else Debian builds these packages for.
#
#     mvn -q package -DskipTests && docker build -t codis .
#
# The jars are those that the build has made and tested; nothing but Debian's packages is fetched here.

FROM debian:trixie-slim AS java
ENV DEBIAN_FRONTEND=noninteractive
# slim images have no folder for the manual pages that the package registers
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update \
    && apt-get install -y --no-install-recommends openjdk-25-jdk-headless \
    && rm -rf /var/lib/apt/lists/*
# java.naming, jgss, sasl and sql are for clients of coordinators and for JSON; jcmd and jfr to look into a running process
RUN /usr/lib/jvm/java-25-openjdk-*/bin/jlink --output /java --strip-java-debug-attributes --no-header-files --no-man-pages \
        --add-modules java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.security.sasl,java.sql,jdk.httpserver,jdk.jcmd,jdk.jfr,jdk.management,jdk.net,jdk.unsupported \
    && find /java -name '*.debuginfo' -delete

FROM debian:trixie-slim
ARG VERSION=4.0.0
LABEL org.opencontainers.image.title="Codis" \
      org.opencontainers.image.description="A sharded Redis that runs itself: proxy, dashboard, console, server launcher and Valkey" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.base.name="docker.io/library/debian:trixie-slim"
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends valkey-server prometheus-redis-exporter libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* /var/cache/debconf/* /var/log/* /usr/share/doc /usr/share/man \
    && mkdir /data && chmod 0770 /data
COPY --from=java /java /opt/codis/java
COPY codis-cli/target/dist/bin /opt/codis/bin
COPY codis-cli/target/dist/lib /opt/codis/lib
COPY deploy/image/train /opt/codis/bin/train
# malloc's arenas, one per thread, would double what a small JVM has resident
ENV PATH=/opt/codis/bin:/usr/local/bin:/usr/bin:/bin JAVA_HOME=/opt/codis/java LANG=C.UTF-8 MALLOC_ARENA_MAX=2
# again where the machine was too busy for it
RUN chmod 0755 /opt/codis/bin/* \
    && { /opt/codis/bin/train || /opt/codis/bin/train || /opt/codis/bin/train; } \
    && rm /opt/codis/bin/train

# Any other user will do: nothing but /tmp and the volumes is written.
USER 1000:0
WORKDIR /data
CMD ["codis", "--help"]
