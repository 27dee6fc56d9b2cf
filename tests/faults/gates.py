"""Gates between one program and the servers it speaks to: what passes can be held up, slowed down or torn.

The program is led to them by detour.cc, so that they stand before every server of a kind, named in its settings or not.
"""

import asyncio
import contextlib
import pathlib
import shutil
import socket
import struct
import subprocess
import threading

HERE = pathlib.Path(__file__).resolve().parent
COMPILERS = ("clang++-19", "c++", "g++", "clang++")
CHUNK_BYTES = 64 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: a close is a reset


class Gates:
    """One gate for each server, all in the same state. Made open; a thread of its own; `close` ends it."""

    def __init__(self, targets):
        """`targets`: "HOST:PORT" of each server."""
        self._loop = asyncio.new_event_loop()
        self._open = asyncio.Event()
        self._open.set()
        self._delay_s = 0
        self._refuses = False
        self._servers = []
        self._writers = set()
        self._tasks = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.ports = {target: self._call(self._listen(target)) for target in targets}

    @property
    def detours(self):
        """For TEST_DETOURS."""
        return ",".join(f"{target}>127.0.0.1:{port}" for target, port in self.ports.items())

    # What can be done. Each is done when it returns.

    def hold(self):
        """Nothing passes any more, and nobody is told: as when packets get lost."""
        self._call(self._set(is_open=False, refuses=False))

    def tear(self):
        """All connections are reset, and so are new ones, at once."""
        self._call(self._set(is_open=True, refuses=True))

    def slow(self, delay_s):
        """What passes, passes so much later, in both directions."""
        self._delay_s = delay_s

    def open(self):
        """All passes; first of all what was held up."""
        self._delay_s = 0
        self._call(self._set(is_open=True, refuses=False))

    def close(self):
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # On the thread.

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _listen(self, target):
        server = await asyncio.start_server(lambda *ends: self._pass(target, *ends), "127.0.0.1", 0)
        self._servers.append(server)
        return server.sockets[0].getsockname()[1]

    async def _set(self, is_open, refuses):
        self._refuses = refuses
        if is_open:
            self._open.set()
        else:
            self._open.clear()
        if refuses:
            self._tear_all()

    def _tear_all(self):
        for writer in list(self._writers):
            tear(writer)

    async def _end(self):
        for server in self._servers:
            server.close()
        await asyncio.sleep(0)  # who was just let in has a task now
        while tasks := list(self._tasks):
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass(self, target, reader, writer):
        """One connection of the program, from its beginning to its end."""
        task = asyncio.current_task()
        self._tasks.add(task)
        self._writers.add(writer)
        other = None
        try:
            await self._open.wait()
            if self._refuses:
                return
            host, port = target.rsplit(":", 1)
            there, other = await asyncio.open_connection(host, int(port))
            self._writers.add(other)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._copy(reader, other))
                both.create_task(self._copy(there, writer))
        except* OSError:
            pass  # the other side hears of it by the reset
        finally:
            for end in (writer, other):
                if end is not None:
                    tear(end)
                    self._writers.discard(end)
            self._tasks.discard(task)

    async def _copy(self, reader, writer):
        while data := await reader.read(CHUNK_BYTES):
            await self._open.wait()
            if self._delay_s:
                await asyncio.sleep(self._delay_s)
            writer.write(data)
            await writer.drain()
        await self._open.wait()  # the end passes no sooner than the rest
        writer.write_eof()


def tear(writer):
    """Ends a connection by a reset."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


def build_detour(folder):
    """Compiles detour.cc into `folder`; the path to preload."""
    library = pathlib.Path(folder) / "detour.so"
    if not library.exists():
        compiler = next(found for name in COMPILERS if (found := shutil.which(name)))
        subprocess.run([compiler, "-std=c++20", "-O1", "-shared", "-fPIC", "-o", library, HERE / "detour.cc", "-ldl"],
                       check=True)
    return library
