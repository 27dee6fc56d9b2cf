"""A WebSocket client for `parley.v1`, on python3-websockets."""

import asyncio
import contextlib
import itertools
import json
import uuid

import websockets
from websockets.frames import Frame, OP_TEXT

from harness import contract

DEADLINE_S = 30
MAX_FRAME_BYTES = 256 * 1024


class Refused(AssertionError):
    """A command was answered by an `error` frame."""

    def __init__(self, frame):
        super().__init__(f"refused: {frame}")
        self.frame = frame
        self.code = frame["code"]


class Closed(AssertionError):
    """The connection ended while something was awaited; `code` is its close code."""

    def __init__(self, code, waiting_for):
        super().__init__(f"closed with {code} while waiting for {waiting_for}")
        self.code = code


def frame(kind, /, **fields):
    """A predicate: a frame of this type whose fields have these values."""
    wanted = {"type": kind, **fields}

    def matches(candidate):
        return all(candidate.get(name) == value for name, value in wanted.items())

    matches.__name__ = f"frame {wanted}"
    return matches


def encode(frames):
    """The bytes on the wire of these frames, one after the other."""
    return b"".join(
        Frame(OP_TEXT, json.dumps(value).encode("utf-8")).serialize(mask=True)
        for value in frames)


class Socket:
    """One session. A task reads; frames wait in `pending` until somebody takes them.

    `frames` keeps everything that came, in order. `listener`, if set, sees each frame at once. Every
    frame is held to the document (`contract`); what breaks it ends the reading and fails `close`.
    """

    def __init__(self, connection, listener=None):
        self.connection = connection
        self.listener = listener
        self.frames = []
        self.sizes = []
        self.pending = []
        self.ready = None
        self._news = asyncio.Condition()
        self._ended = False
        self._refs = itertools.count(1)
        self._answers = {}
        self._faults = {}  # by ref: why the document refuses what was sent
        self._reader = asyncio.ensure_future(self._read())

    # Receiving.

    async def _read(self):
        try:
            async for raw in self.connection:
                assert isinstance(raw, str), "the server sent a binary frame"
                await self._take(json.loads(raw), len(raw.encode("utf-8")))
        except websockets.ConnectionClosed:
            pass
        finally:
            self._ended = True
            for future in self._answers.values():
                if not future.done():
                    future.set_exception(Closed(self.close_code, "an answer"))
                    future.exception()  # seen: whoever awaits it still gets it
            self._answers.clear()
            async with self._news:
                self._news.notify_all()
            contract.frames().check_close(self.close_code)

    async def _take(self, value, size):
        contract.frames().check_received(value)
        self._check_taken(value)
        self.frames.append(value)
        self.sizes.append(size)
        if self.listener:
            self.listener(value)
        answer = self._answers.pop(value.get("ref"), None)
        if answer is not None and not answer.done():
            answer.set_result(value)
            return
        self.pending.append(value)
        async with self._news:
            self._news.notify_all()

    def _check_taken(self, answer):
        """What the document refuses the server must refuse too."""
        fault = self._faults.pop(answer.get("ref"), None)
        if fault and answer["type"] != "error":
            raise contract.Violation(f"{answer} to a frame that the document refuses: {fault}")

    async def wait_for(self, predicate, timeout=DEADLINE_S):
        """Takes the first frame that fits, whether it came already or is yet to come."""
        name = getattr(predicate, "__name__", "a frame")

        def take():
            for index, value in enumerate(self.pending):
                if predicate(value):
                    return self.pending.pop(index)
            return None

        async def wait():
            async with self._news:
                while True:
                    found = take()
                    if found is not None:
                        return found
                    if self._ended:
                        raise Closed(self.close_code, name)
                    await self._news.wait()

        try:
            return await asyncio.wait_for(wait(), timeout)
        except asyncio.TimeoutError:
            last = [str(value)[:300] for value in self.frames[-12:]]
            raise AssertionError(f"no {name} within {timeout} s; last frames: {last}") from None

    async def until(self, condition, timeout=DEADLINE_S):
        """Waits until `condition()` holds; it is asked again after each frame."""
        async def wait():
            async with self._news:
                while not condition():
                    if self._ended:
                        raise Closed(self.close_code, "a condition")
                    await self._news.wait()

        try:
            await asyncio.wait_for(wait(), timeout)
        except asyncio.TimeoutError:
            raise AssertionError(f"condition not met within {timeout} s") from None

    async def change(self, seq=None, timeout=DEADLINE_S, **fields):
        """The next change with this seq and these fields."""
        if seq is not None:
            fields["seq"] = seq
        return await self.wait_for(frame("change", **fields), timeout)

    def changes(self, conversation_id=None):
        """Every live change that came so far."""
        return [f for f in self.frames if f["type"] == "change"
                and conversation_id in (None, f["conversation_id"])]

    async def closed(self, timeout=DEADLINE_S):
        """Waits for the end and returns the close code."""
        try:
            await asyncio.wait_for(asyncio.shield(self._reader), timeout)
        except asyncio.TimeoutError:
            last = [str(value)[:300] for value in self.frames[-3:]]
            raise AssertionError(f"not closed within {timeout} s; last frames: {last}") from None
        return self.close_code

    @property
    def close_code(self):
        return self.connection.close_code

    @property
    def is_open(self):
        return not self._ended

    # Sending.

    async def put(self, kind, /, **fields):
        """Sends one frame and awaits no answer."""
        fault = contract.frames().fault_of_sent({"type": kind, **fields})
        if fault and isinstance(fields.get("ref"), str):
            self._faults[fields["ref"]] = fault
        await self.put_raw(json.dumps({"type": kind, **fields}))

    async def put_raw(self, data):
        """Sends a text frame (str) or a binary one (bytes) as it is."""
        try:
            await self.connection.send(data)
        except websockets.ConnectionClosed:
            raise Closed(self.close_code, "sending") from None

    async def put_text_bytes(self, data):
        """Sends a text frame of bytes that need not be UTF-8."""
        self.put_encoded(Frame(OP_TEXT, data).serialize(mask=True))

    def put_together(self, frames):
        """Sends many frames in one write, so that they reach the server together."""
        self.put_encoded(encode(frames))

    def put_encoded(self, data):
        """Sends what `encode` made, with nothing left to do but the write."""
        self.connection.transport.write(data)

    def answer_to(self, ref):
        """A future of the frame that will bear `ref`."""
        self._answers[ref] = asyncio.get_running_loop().create_future()
        if self._ended:
            self._answers[ref].set_exception(Closed(self.close_code, "an answer"))
            self._answers[ref].exception()  # seen, as above
        return self._answers[ref]

    def new_ref(self):
        return f"r{next(self._refs)}"

    async def command(self, kind, /, timeout=DEADLINE_S, **fields):
        """Sends a command with a `ref` and returns its answer, whatever it is."""
        ref = fields.setdefault("ref", self.new_ref())
        answer = self.answer_to(ref)
        await self.put(kind, **fields)
        try:
            return await asyncio.wait_for(answer, timeout)
        except asyncio.TimeoutError:
            raise AssertionError(f"no answer to {kind} {ref} within {timeout} s") from None

    async def send(self, conversation, text, client_id=None, timeout=DEADLINE_S, **fields):
        """Sends a message and returns its `ack`; raises Refused on an `error`."""
        if not isinstance(conversation, str):
            conversation = conversation["id"]
        answer = await self.command(
            "send", timeout=timeout, conversation_id=conversation, text=text,
            client_id=client_id or str(uuid.uuid4()), **fields)
        if answer["type"] == "error":
            raise Refused(answer)
        assert answer["type"] == "ack", answer
        return answer

    async def refused(self, kind, code, /, **fields):
        """Asserts that a command is answered by an `error` with its ref and this code."""
        answer = await self.command(kind, **fields)
        assert answer["type"] == "error" and answer["code"] == code, answer
        assert isinstance(answer["detail"], str) and answer["detail"], answer
        return answer

    async def ping(self):
        """A round trip: what the server had queued for this session before has arrived."""
        answer = await self.command("ping")
        assert answer["type"] == "pong", answer

    async def auth(self, token):
        await self.put("auth", token=token)
        self.ready = await self.wait_for(frame("ready"))
        return self.ready

    async def resume(self, cursor=None, heads=None):
        """Sends `resume` and returns its `sync` frames."""
        fields = {"cursor": cursor, "heads": heads}
        await self.put("resume", **{k: v for k, v in fields.items() if v is not None})
        return await self.sync_frames()

    async def sync_frames(self):
        frames = []
        while not frames or frames[-1]["more"]:
            frames.append(await self.wait_for(frame("sync")))
        return frames

    async def close(self):
        await self.connection.close()
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader


class Connecting:
    """Opens a Socket, awaited or as an async context that closes it at the end.

    With `token` it authenticates by header and awaits `ready`; without, it is only connected.
    """

    def __init__(self, address, token=None, resume=False, headers=None, origin=None,
                 await_ready=None, listener=None, subprotocol="parley.v1", socket_type=Socket):
        self.socket_type = socket_type
        self.subprotocol = subprotocol
        self.uri = f"ws://{address}/v1/ws" + ("?resume=1" if resume else "")
        self.headers = dict(headers or {})
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"
        self.origin = origin
        self.await_ready = token is not None if await_ready is None else await_ready
        self.listener = listener
        self.socket = None

    def __await__(self):
        return self._open().__await__()

    async def _open(self):
        connection = await websockets.connect(
            self.uri, subprotocols=[self.subprotocol] if self.subprotocol else None,
            extra_headers=self.headers, origin=self.origin,
            compression=None, max_size=None, max_queue=None, ping_interval=None,
            open_timeout=DEADLINE_S, close_timeout=5)
        assert connection.subprotocol == "parley.v1", connection.subprotocol
        contract.seen.answers.add(("openWebSocket", 101))
        self.socket = self.socket_type(connection, self.listener)
        if self.await_ready:
            try:
                self.socket.ready = await self.socket.wait_for(frame("ready"))
            except BaseException:
                await self.socket.close()
                raise
        return self.socket

    async def __aenter__(self):
        return await self._open()

    async def __aexit__(self, *_):
        await self.socket.close()


async def refusal(address, **options):
    """How a connection that must not be served ends: the HTTP status or the close code."""
    try:
        async with Connecting(address, await_ready=False, **options) as socket:
            return await socket.closed()
    except websockets.InvalidStatusCode as error:
        return error.status_code
