#!/usr/bin/python3
"""Logins that a directory checks: how many a second with 20 ms latency and how
many are in flight, and what requests of people who are logged in notice while
every directory hangs.

usage: logins.py [--quick]

SALLYPORT names the program. Clients and directory are one process of Python,
which shares the processors with the proxy: its own part is told, too."""
import argparse
import asyncio
import base64
import itertools
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "scenario"))

# pylint: disable=wrong-import-position
from lib import scenario  # noqa: E402
from lib.ldapstub import ber, result, split, text  # noqa: E402
from lib.process import free_port  # noqa: E402

LATENCY = 0.02
_ADDRESSES = itertools.count(1)
TICK = os.sysconf("SC_CLK_TCK")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Directory:
    """Says yes to everybody, after a while; with a .secret, only to who
    knows it."""

    def __init__(self):
        self.port = free_port()
        self.hangs = False
        self.secret = b""
        self.in_flight = self.most = self.binds = 0

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
            await asyncio.sleep(LATENCY)
            self.in_flight -= 1
            good = self.secret in body or b"cn=service" in body
            writer.write(result(number, 0x61, 0 if good else 49))
        elif operation[0] == 0x63:
            await asyncio.sleep(LATENCY)
            at = operation[1].find(b"\x04\x03uid\x04")
            if at >= 0:
                size = operation[1][at + 6]
                name = operation[1][at + 7:at + 7 + size]
                lines = ber(0x30, text("uid"), ber(0x31, text(name)))
                writer.write(ber(
                    0x30, ber(2, number.to_bytes(4, "big")),
                    ber(0x64, text(b"uid=" + name), ber(0x30, lines))))
            writer.write(result(number, 0x65))


async def request(reader, writer, web, user):
    word = base64.b64encode(b"%s:secret" % user.encode()).decode()
    writer.write(("GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                  "Proxy-Authorization: Basic %s\r\n\r\n" % (
                      web, web, word)).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split()[0])
    await reader.readexactly(length)
    return int(head.split()[1])


async def origin(reader, writer):
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(ANSWER)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def log_in(port, web, users):
    """From an address of its own, as people have."""
    number = next(_ADDRESSES)
    source = "127.9.%d.%d" % (number // 250, 1 + number % 250)
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, local_addr=(source, 0))
    found = [await request(reader, writer, web, user) for user in users]
    writer.close()
    return found


def cpu_of(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        words = file.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICK


async def measure_logins(directory, proxy, web, at_once, each):
    port = proxy.port
    pids = proxy.pids("directory")
    before = sum(map(cpu_of, pids))
    began = time.monotonic()
    mine = time.process_time()
    found = await asyncio.gather(*(
        log_in(port, web, ["u%d-%d" % (i, j) for j in range(each)])
        for i in range(at_once)))
    took = time.monotonic() - began
    good = sum(status == 200 for one in found for status in one)
    print("| logins a second, %d clients, 20 ms | %.0f |" % (
        at_once, good / took))
    print("| of the directory process per login, us | %.0f |" % (
        1e6 * (sum(map(cpu_of, pids)) - before) / max(good, 1)))
    print("| refused of %d | %d |" % (
        at_once * each, at_once * each - good))
    print("| binds in flight at most | %d |" % directory.most)
    print("| processor that clients and directory took | %.0f %% |" % (
        100 * (time.process_time() - mine) / took))


async def percentile(port, web, count):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times = []
    for _ in range(count):
        began = time.monotonic()
        assert await request(reader, writer, web, "u0-0") == 200
        times.append(time.monotonic() - began)
    writer.close()
    times.sort()
    return 1000 * times[int(len(times) * 0.99)]


async def measure_hang(directory, port, web, count):
    calm = await percentile(port, web, count)
    directory.hangs = True
    others = [asyncio.create_task(log_in(port, web, ["new%d" % i]))
              for i in range(100)]
    await asyncio.sleep(0.3)
    hung = await percentile(port, web, count)
    print("| p99 of logged-in requests, ms | %.2f |" % calm)
    print("| the same while the directory hangs | %.2f |" % hung)
    await asyncio.gather(*others)


async def run(proxy, directory, web, quick):
    server = await asyncio.start_server(
        directory.serve, "127.0.0.1", directory.port, backlog=4096)
    pages = await asyncio.start_server(origin, "127.0.0.1", web)
    proxy.start()
    print("| logins over LDAP | |\n|---|---|")
    await asyncio.to_thread(proxy.wait_log, "ready: listening")
    await measure_logins(directory, proxy, web,
                         200 if quick else 1500, 2 if quick else 4)
    await measure_hang(directory, proxy.port, web, 500 if quick else 5000)
    server.close()
    pages.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    os.environ["SALLYPORT"] = os.path.abspath(
        os.environ.get("SALLYPORT", "sallyport"))
    with scenario.prepare() as s:
        directory, web = Directory(), free_port()
        with open(s.path("ldap.secret"), "w", encoding="ascii") as file:
            file.write("service\n")
        proxy = s.configure(
            'directory ldap corp {\n\tserver "ldap://127.0.0.1:%d"\n'
            '\tbase "dc=corp"\n\tnames uid\n\tgroups none\n\tbind "cn=service"'
            ' password file "ldap.secret"\n\tlimit connections 1200\n'
            "\tlimit queue 5000\n\tlimit client 100000\n}\n"
            "limit per-address 10000\nlimit login-failures 1000\nallow to any"
            % directory.port, accounts=(), record="off", trouble=True)
        asyncio.run(run(proxy, directory, web, args.quick))


if __name__ == "__main__":
    main()
