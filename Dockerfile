# For those with a container builder at hand:   docker build -t millrace .
# Without one:                                  mvn -P image -pl deploy/image -am -DskipTests package
# Both put the same files into an empty image; deploy/image/rootfs.sh says which.
FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /millrace
COPY . .
RUN ./millrace --version && deploy/image/rootfs.sh /rootfs

FROM scratch
COPY --from=build /rootfs /
LABEL org.opencontainers.image.title="Millrace" \
      org.opencontainers.image.description="A Server-Sent Events hub" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV MALLOC_ARENA_MAX=2
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/opt/millrace/runtime/bin/java", "@/opt/millrace/lib/java.options"]
