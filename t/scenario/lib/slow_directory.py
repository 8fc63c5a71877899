"""slow_directory: a directory that answers late, each question as late as the
other, in a loop of asyncio on a thread of its own."""
import asyncio
import threading

from lib.ldapstub import ber, result, split, text
from lib.process import free_port


class Directory:
    """Says yes to everybody, after a while; with a .secret, only to who
    knows it."""

    def __init__(self, latency=0.02, secret=b""):
        self.port = free_port()
        self.hangs = False
        self.latency = latency
        self.secret = secret
        self.in_flight = self.most = self.binds = 0

    def start(self):
        ready = threading.Event()
        threading.Thread(target=asyncio.run, args=(self.run(ready),),
                         daemon=True).start()
        ready.wait(10)
        return self

    async def run(self, ready):
        server = await asyncio.start_server(
            self.serve, "127.0.0.1", self.port, backlog=2000)
        ready.set()
        await server.serve_forever()

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readexactly(2)
                n = head[1]
                if n & 0x80:
                    n = int.from_bytes(await reader.readexactly(n & 0x7f),
                                       "big")
                asyncio.create_task(self.answer(
                    await reader.readexactly(n), writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def answer(self, body, writer):
        number, rest = split(body)
        operation, _ = split(rest[1])
        number = int.from_bytes(number[1], "big")
        if self.hangs:
            return
        if operation[0] == 0x60:
            self.binds += 1
            self.in_flight += 1
            self.most = max(self.most, self.in_flight)
            await asyncio.sleep(self.latency)
            self.in_flight -= 1
            good = self.secret in body or b"cn=service" in body
            writer.write(result(number, 0x61, 0 if good else 49))
        elif operation[0] == 0x63:
            await asyncio.sleep(self.latency)
            at = operation[1].find(b"\x04\x03uid\x04")
            if at >= 0:
                size = operation[1][at + 6]
                name = operation[1][at + 7:at + 7 + size]
                lines = ber(0x30, text("uid"), ber(0x31, text(name)))
                writer.write(ber(
                    0x30, ber(2, number.to_bytes(4, "big")),
                    ber(0x64, text(b"uid=" + name), ber(0x30, lines))))
            writer.write(result(number, 0x65))
