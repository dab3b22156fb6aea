# Groundswell in a container: built as everywhere else, run as nobody in particular.
#
#   docker build -t groundswell .
#   docker run -p 127.0.0.1:8080:8080 -v groundswell:/data groundswell
#   docker exec CONTAINER groundswell demo --data /data
FROM debian:bookworm-slim AS build
WORKDIR /groundswell
COPY . .
RUN ./run --build-only && strip --strip-debug build/groundswell

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends redis-server ca-certificates \
      libevent-2.1-7 libevent-openssl-2.1-7 libhiredis0.14 libjansson4 libssl3 libpcre2-8-0 \
      libcurl4 libargon2-1 libfido2-1 libqrencode4 libcmark-gfm0.29.0.gfm.6 zlib1g tzdata \
      libcmark-gfm-extensions0.29.0.gfm.6 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home-dir /data --shell /usr/sbin/nologin groundswell \
 && install -d -o groundswell -g groundswell -m 700 /data
COPY --from=build /groundswell/build/groundswell /usr/local/bin/groundswell
USER groundswell
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["groundswell"]
CMD ["serve", "--data", "/data", "--listen", "0.0.0.0:8080"]
