# One image for every process; docker-compose.yml says which command each runs.
FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
RUN make install
ENV STEELYARD_HOME=/data PATH=/app/.venv/bin:$PATH
RUN useradd --create-home steelyard && mkdir /data && chown steelyard /data
USER steelyard
VOLUME /data
CMD ["make", "run"]
