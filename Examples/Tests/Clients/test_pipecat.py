"""Pipecat's OpenAI realtime service, unmodified: with its defaults, and with the settings of its own example."""
import asyncio, sys, time

import numpy
from loguru import logger
from pipecat.frames.frames import (EndFrame, ErrorFrame, InputAudioRawFrame, LLMFullResponseEndFrame, LLMRunFrame,
                                   TranscriptionFrame, TTSAudioRawFrame, TTSTextFrame, UserStartedSpeakingFrame,
                                   UserStoppedSpeakingFrame)
from pipecat.observers.base_observer import BaseObserver
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.workers.runner import WorkerRunner
from serving import samples, server

RATE, FRAME = 24000, 480
TURNS = (("what-is-your-name", "My name is Omni."), ("what-day-comes-after-monday", "Tuesday"))
# What `examples/realtime/realtime-openai.py` of the package's repository asks for.
EXAMPLE = events.SessionProperties(
    instructions="You are a helpful and friendly AI.",
    audio=events.AudioConfiguration(
        input=events.AudioInput(
            transcription=events.InputAudioTranscription(),
            turn_detection=events.SemanticTurnDetection(),
            noise_reduction=events.InputAudioNoiseReduction(type="near_field"))))


class Recorder(BaseObserver):
    """Every frame once, in the order of their making."""

    def __init__(self):
        super().__init__()
        self.frames, self.known = [], set()

    async def on_push_frame(self, data):
        if data.frame.id not in self.known:
            self.known.add(data.frame.id)
            self.frames.append(data.frame)

    def since(self, place, kind):
        return [frame for frame in self.frames[place:] if isinstance(frame, kind)]


async def until(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} did not happen in {seconds} s"
        await asyncio.sleep(0.02)
    return value


async def talk(worker, recorder, transcribes, begins):
    """A written question if the context begins with one, then spoken ones; 20 ms of audio come every 20 ms, silence when
    there is nothing else."""
    pcm = numpy.zeros(0, "<i2")

    async def microphone():
        nonlocal pcm
        start, count = time.monotonic(), 0
        while True:
            frame, pcm = numpy.pad(pcm[:FRAME], (0, max(FRAME - len(pcm), 0))), pcm[FRAME:]
            await worker.queue_frame(InputAudioRawFrame(audio=frame.tobytes(), sample_rate=RATE, num_channels=1))
            count += 1
            await asyncio.sleep(max(start + count * FRAME / RATE - time.monotonic(), 0))

    def reply(place):
        """The words and the seconds of a reply, once it is over."""
        if not recorder.since(place, LLMFullResponseEndFrame):
            return None
        text = "".join(frame.text for frame in recorder.since(place, TTSTextFrame))
        return text, sum(len(frame.audio) for frame in recorder.since(place, TTSAudioRawFrame)) / 2 / RATE

    if begins:
        await worker.queue_frame(LLMRunFrame())
        text, seconds = await until(lambda: reply(0), "an answer to the written question")
        assert "My name is Omni." in text and seconds > 0.5, (text, seconds)
    sender = asyncio.create_task(microphone())
    for name, answer in TURNS:
        place = len(recorder.frames)
        pcm = numpy.concatenate([pcm, samples(name)])
        text, seconds = await until(lambda: reply(place), f"an answer to {name}")
        assert answer in text and seconds > 0.5, (text, seconds)
        for kind in (UserStartedSpeakingFrame, UserStoppedSpeakingFrame):
            assert recorder.since(place, kind), kind
        if transcribes:
            await until(lambda: recorder.since(place, TranscriptionFrame), f"a transcript of {name}")
        written = [frame.text for frame in recorder.since(place, TranscriptionFrame)]
        assert bool(written) == transcribes, written
        print(f"  {written} -> {text!r}, {seconds:.1f} s of audio")
    sender.cancel()
    assert not recorder.since(0, ErrorFrame), recorder.since(0, ErrorFrame)
    await worker.queue_frame(EndFrame())


async def run(url, properties=None, begins=True):
    settings = OpenAIRealtimeLLMService.Settings(session_properties=properties) if properties else None
    service = OpenAIRealtimeLLMService(
        api_key="secret", base_url=url.replace("http", "ws", 1) + "/v1/realtime", settings=settings)
    context = LLMContext([{"role": "developer", "content": "What is your name?"}] if begins else [])
    user, assistant = LLMContextAggregatorPair(context)
    recorder = Recorder()
    worker = PipelineWorker(
        Pipeline([user, service, assistant]), observers=[recorder],
        params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE))
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    async with asyncio.timeout(200):
        await asyncio.gather(runner.run(), talk(worker, recorder, properties is not None, begins))
    said = [message["content"] for message in context.get_messages() if message["role"] == "assistant"]
    assert len(said) == len(TURNS) + begins, context.get_messages()


def main():
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    with server("--api-key", "secret", "--maximum-requests-per-minute", "10000") as running:
        asyncio.run(run(running.url))
        print("pipecat: its defaults")
        asyncio.run(run(running.url, begins=False))
        print("pipecat: the user speaks first")
        asyncio.run(run(running.url, EXAMPLE))
        print("pipecat: semantic turns, noise reduction and transcripts")


main()
