"""LiveKit's agents and their OpenAI plugin, unmodified and with their defaults: two spoken turns, and a transcriber."""
import asyncio, logging, time

import numpy
from livekit import rtc
from livekit.agents import Agent, AgentSession
from livekit.agents.voice import io
from livekit.plugins import openai
from serving import samples, server

RATE, FRAME = 24000, 480
TURNS = (("what-is-your-name", "My name is Omni."), ("what-day-comes-after-monday", "Tuesday"))


class Microphone(io.AudioInput):
    """Frames of 20 ms, as fast as they last; silence while there is nothing to say."""

    def __init__(self):
        super().__init__(label="microphone")
        self.pcm, self.next = numpy.zeros(0, "<i2"), None

    def say(self, pcm):
        self.pcm = numpy.concatenate([self.pcm, pcm])

    async def __anext__(self):
        now = time.monotonic()
        self.next = max(self.next or now, now - 0.2) + FRAME / RATE
        await asyncio.sleep(max(self.next - now, 0))
        frame, self.pcm = self.pcm[:FRAME], self.pcm[FRAME:]
        frame = numpy.pad(frame, (0, FRAME - len(frame)))
        return rtc.AudioFrame(frame.tobytes(), RATE, 1, FRAME)


class Speaker(io.AudioOutput):
    """Keeps what it is given, and has played it at once."""

    def __init__(self):
        super().__init__(label="speaker", capabilities=io.AudioOutputCapabilities(pause=True), sample_rate=RATE)
        self.pcm, self.segment = b"", 0

    async def capture_frame(self, frame):
        await super().capture_frame(frame)
        if not self.segment:
            self.on_playback_started(created_at=time.time())
        self.segment += frame.samples_per_channel
        self.pcm += bytes(frame.data.cast("B"))

    def flush(self):
        super().flush()
        self.finish(False)

    def clear_buffer(self):
        self.finish(True)

    def finish(self, interrupted):
        if self.segment:
            self.on_playback_finished(playback_position=self.segment / RATE, interrupted=interrupted)
        self.segment = 0


class Failures(logging.Handler):
    """What the plugin says went wrong."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        if "livekit" in record.name:
            self.messages.append(record.getMessage())


async def until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} did not happen in {seconds} s"
        await asyncio.sleep(0.02)
    return value


async def agent(url, failures):
    microphone, speaker = Microphone(), Speaker()
    session = AgentSession(llm=openai.realtime.RealtimeModel(base_url=f"{url}/v1", api_key="secret"))
    said, states, errors, events = [], [], [], []

    @session.on("conversation_item_added")
    def hear(event):
        if event.item.type == "message":
            said.append((event.item.role, event.item.text_content))

    session.on("user_state_changed", lambda event: states.append(event.new_state))
    session.on("error", lambda event: errors.append(event.error))
    session.input.audio, session.output.audio = microphone, speaker
    await session.start(Agent(instructions="You are a helpful voice assistant."))
    plugin = session._activity.realtime_llm_session
    plugin.on("openai_server_event_received", lambda event: events.append(event))
    # How the plugin's own examples begin: the agent speaks first.
    # The plugin puts the agent's instructions before these, which the bundled model does not understand: it says something.
    speech = session.generate_reply(instructions="Greet the user.")
    await asyncio.wait_for(speech.wait_for_playout(), 60)
    assert [role for role, text in said if text] == ["assistant"] and len(speaker.pcm) > RATE, said
    for name, answer in TURNS:
        count, heard, first = len(said), len(speaker.pcm), len(events)
        microphone.say(samples(name))
        await until(lambda: [text for role, text in said[count:] if role == "assistant"], 60, f"an answer to {name}")
        question = [text for role, text in said[count:] if role == "user"]
        reply = [text for role, text in said[count:] if role == "assistant"]
        assert answer in reply[0], (said, errors, failures.messages)
        assert len(speaker.pcm) - heard > RATE, "the answer was not spoken"
        kinds = [event["type"] for event in events[first:]]
        for kind in ("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "response.done"):
            assert kind in kinds, kinds
        print(f"  {question} -> {reply[0]!r}, {(len(speaker.pcm) - heard) / 2 / RATE:.1f} s of audio")
    assert "speaking" in states and "listening" in states, states
    # The plugin left the turns to the server, as it does by default.
    assert plugin._opts.turn_detection.type == "semantic_vad", plugin._opts.turn_detection
    await session.aclose()
    assert not errors and not failures.messages, (errors, failures.messages)


async def transcriber(url, failures):
    """The plugin's speech-to-text: a recording over HTTP, and live over a transcription session."""
    import aiohttp

    pcm = samples("what-is-your-name")
    frame = rtc.AudioFrame(pcm.tobytes(), RATE, 1, len(pcm))
    event = await openai.STT(base_url=f"{url}/v1", api_key="secret").recognize(frame)
    assert event.alternatives[0].text == "What is your name?", event
    async with aiohttp.ClientSession() as http:
        live = openai.STT(base_url=f"{url}/v1", api_key="secret", use_realtime=True)
        live._session = http
        stream = live.stream()
        for start in range(0, len(pcm) + RATE, FRAME):
            piece = pcm[start : start + FRAME]
            piece = numpy.pad(piece, (0, FRAME - len(piece)))
            stream.push_frame(rtc.AudioFrame(piece.tobytes(), RATE, 1, FRAME))
        kinds = []
        async with asyncio.timeout(60):
            async for event in stream:
                kinds.append(event.type)
                if event.type == "final_transcript":
                    assert event.alternatives[0].text == "What is your name?", event
                    break
        assert kinds[0] == "start_of_speech", kinds
        await stream.aclose()
        await live.aclose()
    assert not failures.messages, failures.messages


def main():
    failures = Failures()
    logging.getLogger().addHandler(failures)
    with server("--api-key", "secret", "--maximum-requests-per-minute", "10000") as running:
        asyncio.run(agent(running.url, failures))
        print("livekit: two turns")
        asyncio.run(transcriber(running.url, failures))
        print("livekit: transcription of a recording, and live")


main()
