"""Many small feeds on as many loopback addresses, from a process of its own: `python -m tests.bench.many_hosts N`.

Prints the port, then serves `http://127.A.B.C:PORT/feed.xml` until its input closes. A conditional request is
answered with 304; each feed has its own ETag and its own entries.
"""

import asyncio
import sys

ENTRIES = 5


def host(n: int) -> str:
    """The nth address of 127/8, from 127.1.0.1 on."""
    return f"127.{1 + n // 62_500}.{n // 250 % 250}.{n % 250 + 1}"


def body(name: str) -> bytes:
    said = "A laboratory releases a model, names its price and prints its licence. "
    items = "".join(
        f"<item><guid>{name}/{n}</guid><link>http://{name}/{n}</link><title>Note {n} of {name}</title>"
        f"<description>{said * 3}</description><pubDate>Fri, {10 + n} Nov 2026 08:00:00 GMT</pubDate></item>"
        for n in range(ENTRIES)
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>".encode()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    name = writer.get_extra_info("sockname")[0]
    try:
        while True:
            asked = (await reader.readuntil(b"\r\n\r\n")).lower()
            close = b"connection: close" in asked
            end = b"Connection: close\r\n\r\n" if close else b"\r\n"
            if b"if-none-match" in asked:
                writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n' + end)
            else:
                data = body(name)
                head = f'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Type: text/xml\r\nContent-Length: {len(data)}\r\n'
                writer.write(head.encode() + end + data)
            await writer.drain()
            if close:
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def serve(count: int) -> None:
    first = await asyncio.start_server(answer, host(0), 0, backlog=64)
    port = first.sockets[0].getsockname()[1]
    rest = [await asyncio.start_server(answer, host(n), port, backlog=64) for n in range(1, count)]
    print(port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for server in (first, *rest):
        server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
