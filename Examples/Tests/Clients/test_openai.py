"""The official `openai` package, unmodified: models, transcription, speech, and a realtime conversation."""
import asyncio, base64, io, re, wave

import openai, pydantic
from openai.types.realtime import RealtimeServerEvent
from serving import gauges, recording, samples, server

QUESTION = "what-is-your-name"


def silence(count):
    """A recording of so many samples in which nothing is said."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1), out.setsampwidth(2), out.setframerate(16000)
        out.writeframes(bytes(2 * count))
    return file.getvalue()


def rest(url):
    client = openai.OpenAI(base_url=f"{url}/v1", api_key="secret", max_retries=0)
    assert [model.id for model in client.models.list()] == ["omni"]
    assert client.models.retrieve("omni").owned_by
    for wrong in ("secre", "secrets"):
        try:
            openai.OpenAI(base_url=f"{url}/v1", api_key=wrong, max_retries=0).models.list()
            raise AssertionError("a wrong key was let in")
        except openai.AuthenticationError as error:
            assert error.code == "invalid_api_key"

    file = ("question.wav", recording(QUESTION))
    plain = client.audio.transcriptions.create(model="omni", file=file)
    assert plain.text == "What is your name?", plain
    assert client.audio.transcriptions.create(model="omni", file=file, response_format="text").strip() == plain.text
    verbose = client.audio.transcriptions.create(model="omni", file=file, response_format="verbose_json")
    assert verbose.text == plain.text and verbose.duration > 0.5 and verbose.segments[0].text == plain.text
    subtitles = {form: client.audio.transcriptions.create(model="omni", file=file, response_format=form)
                 for form in ("srt", "vtt")}
    assert re.fullmatch(r"1\n00:00:00,000 --> 00:00:0\d,\d{3}\nWhat is your name\?\n\n", subtitles["srt"]), subtitles
    assert re.fullmatch(r"WEBVTT\n\n00:00:00.000 --> 00:00:0\d.\d{3}\nWhat is your name\?\n\n", subtitles["vtt"]), subtitles

    events = list(client.audio.transcriptions.create(model="omni", file=file, stream=True))
    assert {event.type for event in events[:-1]} == {"transcript.text.delta"} and len(events) > 2, events
    assert events[-1].type == "transcript.text.done" and events[-1].text == plain.text
    assert "".join(event.delta for event in events[:-1]) == plain.text and events[-1].usage.output_tokens > 0

    for code, bad in (("unsupported_format", {"file": ("a.wav", b"no sound")}),
                      ("invalid_audio", {"file": ("a.wav", b"RIFF\x20\0\0\0WAVEnothing")}),
                      ("invalid_value", {"response_format": "diarized_json"}),
                      ("unsupported_value", {"response_format": "verbose_json", "timestamp_granularities": ["word"]}),
                      ("unsupported_value", {"response_format": "srt", "stream": True}),
                      ("unsupported_value", {"include": ["logprobs"]}), ("invalid_value", {"chunking_strategy": "nonsense"}),
                      ("invalid_value", {"language": "zz"}), ("unsupported_value", {"language": "de"}),
                      ("audio_too_short", {"file": ("a.wav", silence(0))}),
                      ("audio_too_short", {"file": ("a.wav", silence(1))}),
                      ("audio_too_short", {"file": ("a.wav", silence(48000)), "stream": True})):
        try:
            client.audio.transcriptions.create(**{"model": "omni", "file": file, **bad})
            raise AssertionError(f"nonsense was let through: {bad}")
        except openai.BadRequestError as error:
            assert error.code == code and error.param, error

    for bad in ({"input": "Who are you? " * 300}, {"input": " \n"}, {"voice": 5}, {"instructions": [1]}, {"stream_format": "zzz"}):
        try:
            client.audio.speech.create(**{"model": "omni", "voice": "omni", "input": "Hi", **bad})
            raise AssertionError(f"nonsense was let through: {bad}")
        except openai.BadRequestError as error:
            assert error.param == next(iter(bad)), error
    try:
        client.models.retrieve("gpt-4o/mini")
        raise AssertionError("there is no such model")
    except openai.NotFoundError as error:
        assert error.code == "model_not_found" and "gpt-4o/mini" in error.message, error

    with client.audio.speech.with_streaming_response.create(
        model="omni", voice="omni", input="What is your name?", response_format="pcm"
    ) as response:
        assert response.headers["omni-speech"] == "answer"
        pcm = b"".join(response.iter_bytes())
    assert len(pcm) > 24000 and len(pcm) % 2 == 0
    whole = client.audio.speech.create(model="omni", voice="omni", input="What is your name?", response_format="wav")
    assert whole.content[:4] == b"RIFF" and whole.content[44:] == pcm


# What the package says that events are.
KNOWN = pydantic.TypeAdapter(RealtimeServerEvent)


async def until(connection, kind, events=None, known=KNOWN):
    """Receives events up to one of a kind. The package itself lets any value pass: here each is one of those it knows."""
    async with asyncio.timeout(120):
        async for event in connection:
            if known:
                known.validate_python(event.to_dict())
            if events is not None:
                events.append(event)
            assert event.type != "error" or kind == "error", event
            if event.type == kind:
                return event


async def say(connection, pcm, silence=0.8):
    pcm = pcm.tobytes() + bytes(int(24000 * silence) * 2)
    for start in range(0, len(pcm), 4800):
        await connection.input_audio_buffer.append(audio=base64.b64encode(pcm[start : start + 4800]).decode())


def transcript(events):
    return "".join(e.delta for e in events if e.type == "response.output_audio_transcript.delta")


async def realtime(url):
    client = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="secret")
    question = samples(QUESTION)
    async with client.realtime.connect(model="omni") as connection:
        created = await until(connection, "session.created")
        assert created.session.audio.input.turn_detection.type == "server_vad"
        await connection.session.update(
            session={"type": "realtime", "audio": {"input": {"transcription": {"model": "omni"}}}})
        updated = await until(connection, "session.updated")
        assert updated.session.audio.input.transcription.model == "omni"

        # Two turns that the server finds by itself.
        for name, answer in ((QUESTION, "My name is Omni."), ("what-day-comes-after-monday", "Tuesday")):
            events = []
            await say(connection, samples(name))
            done = await until(connection, "response.done", events)
            kinds = [event.type for event in events]
            order = ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
                     "input_audio_buffer.committed", "response.created", "response.output_item.added",
                     "response.content_part.added", "response.output_audio.delta", "response.output_audio.done",
                     "response.output_audio_transcript.done", "response.content_part.done",
                     "response.output_item.done", "response.done"]
            assert [kinds.index(kind) for kind in order] == sorted(kinds.index(kind) for kind in order), kinds
            assert done.response.status == "completed" and answer in transcript(events), transcript(events)
            pcm = b"".join(base64.b64decode(e.delta) for e in events if e.type == "response.output_audio.delta")
            assert len(pcm) > 24000
            if "conversation.item.input_audio_transcription.completed" not in kinds:
                written = await until(connection, "conversation.item.input_audio_transcription.completed")
            else:
                written = next(e for e in events if e.type.endswith("transcription.completed"))
            print(f"  {written.transcript!r} -> {transcript(events)!r}")

        # Speech over an answer interrupts it, and is answered itself.
        events = []
        await say(connection, samples("can-you-tell-me-a-joke"))
        await until(connection, "response.output_audio.delta", events)
        await say(connection, question)
        first = await until(connection, "response.done", events)
        item = first.response.output[0].id
        if first.response.status == "cancelled":
            assert first.response.status_details.reason == "turn_detected"
        second = await until(connection, "response.done", events)
        assert second.response.status == "completed" and "Omni" in transcript(events)

        # The player tells how much of the interrupted answer was heard.
        await connection.conversation.item.truncate(item_id=item, content_index=0, audio_end_ms=40)
        truncated = await until(connection, "conversation.item.truncated")
        assert truncated.item_id == item and truncated.audio_end_ms == 40

        # Push to talk, in text, with a cancellation.
        await connection.session.update(
            session={"type": "realtime", "output_modalities": ["text"], "audio": {"input": {"turn_detection": None}}})
        await until(connection, "session.updated")
        await say(connection, question, silence=0)
        await connection.input_audio_buffer.commit()
        await connection.response.create()
        done = await until(connection, "response.done")
        assert done.response.output[0].content[0].text == "My name is Omni.", done
        await connection.response.create(response={"output_modalities": ["audio"]})
        await until(connection, "response.created")
        await connection.response.cancel()
        done = await until(connection, "response.done")
        assert done.response.status == "cancelled" and done.response.status_details.reason == "client_cancelled"
        await connection.response.cancel()
        error = await until(connection, "error")
        assert error.error.code == "response_cancel_not_active"

    await transcribe(client)
    await ask_beside(client)
    await beta(url)

    # Telephony.
    async with client.realtime.connect(model="omni") as connection:
        await until(connection, "session.created")
        format = {"format": {"type": "audio/pcmu"}}
        await connection.session.update(
            session={"type": "realtime", "audio": {"input": {**format, "turn_detection": None}, "output": format}})
        await until(connection, "session.updated")
        await connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is your name?"}]})
        await connection.response.create()
        events = []
        await until(connection, "response.done", events)
        count = sum(len(base64.b64decode(e.delta)) for e in events if e.type == "response.output_audio.delta")
        assert 4000 < count < 80000 and "Omni" in transcript(events), (count, transcript(events))


async def transcribe(client):
    """A session that only writes down, with turns by meaning; its audio is cut into pieces of odd sizes."""
    async with client.realtime.connect(model="omni") as connection:
        await until(connection, "session.created")
        await connection.session.update(session={"type": "transcription", "audio": {"input": {
            "format": {"type": "audio/pcm", "rate": 24000}, "transcription": {"model": "gpt-4o-mini-transcribe", "language": "en"},
            "turn_detection": {"type": "semantic_vad", "eagerness": "high"}}}})
        updated = await until(connection, "session.updated")
        assert updated.session.type == "transcription"
        assert updated.session.audio.input.turn_detection.eagerness == "high"
        pcm, events = samples(QUESTION).tobytes() + bytes(48000), []
        for start in range(0, len(pcm), 1323):
            await connection.input_audio_buffer.append(audio=base64.encodebytes(pcm[start : start + 1323]).decode())
        done = await until(connection, "conversation.item.input_audio_transcription.completed", events)
        assert done.transcript == "What is your name?", done
        deltas = [e.delta for e in events if e.type == "conversation.item.input_audio_transcription.delta"]
        assert "".join(deltas) == done.transcript and not [e for e in events if e.type.startswith("response.")]


async def ask_beside(client):
    """A response beside the conversation, and an update that is refused as a whole."""
    async with client.realtime.connect(model="omni") as connection:
        await until(connection, "session.created")
        message = {"type": "message", "role": "user", "content": [
            {"type": "input_text", "text": "What is"}, {"type": "input_text", "text": "your name?"}]}
        await connection.response.create(response={
            "conversation": "none", "metadata": {"topic": "name"}, "output_modalities": ["text"], "input": [message]})
        done = await until(connection, "response.done")
        assert done.response.metadata == {"topic": "name"} and done.response.conversation_id is None
        assert done.response.output[0].content[0].text == "My name is Omni.", done
        await connection.send({"type": "session.update", "event_id": "mine", "session": {
            "type": "realtime", "output_modalities": ["text"], "audio": {"output": {"speeed": 1}}}})
        error = (await until(connection, "error")).error
        assert (error.code, error.param, error.event_id) == ("unknown_parameter", "session.audio.output.speeed", "mine")
        await connection.conversation.item.create(item=message, previous_item_id="root")
        await until(connection, "conversation.item.done")
        await connection.response.create()
        events = []
        await until(connection, "response.done", events)
        assert "Omni" in transcript(events), events


async def beta(url):
    """The package's interface to the API's beta version, which has other names for the same, and knows few models."""
    client = openai.AsyncOpenAI(
        base_url=f"{url}/v1", websocket_base_url=url.replace("http", "ws", 1) + "/v1", api_key="secret")
    async with client.beta.realtime.connect(model="omni") as connection:
        created = await until(connection, "session.created", known=None)
        assert created.session.modalities == ["text", "audio"] and created.session.input_audio_format == "pcm16"
        await connection.session.update(session={
            "voice": "alloy", "turn_detection": None, "input_audio_transcription": {"model": "whisper-1"}})
        assert (await until(connection, "session.updated", known=None)).session.turn_detection is None
        await say(connection, samples(QUESTION), silence=0)
        await connection.input_audio_buffer.commit()
        await until(connection, "conversation.item.created", known=None)
        await connection.response.create()
        events = []
        done = await until(connection, "response.done", events, None)
        said = "".join(e.delta for e in events if e.type == "response.audio_transcript.delta")
        count = sum(len(base64.b64decode(e.delta)) for e in events if e.type == "response.audio.delta")
        assert said == "My name is Omni." and count > 24000, (said, count)
        assert done.response.modalities == ["text", "audio"] and done.response.output[0].content[0].type == "audio"


def main():
    with server("--api-key", "secret", "--maximum-requests-per-minute", "10000") as running:
        rest(running.url)
        print("openai: models, transcription, speech")
        asyncio.run(realtime(running.url))
        # Each turn's answer was begun when the turn might be over.
        prepared = gauges(running)['omni_replies_prepared_total{outcome="used"}']
        assert prepared >= 2, prepared
        print("openai: realtime with two turns, an interruption, a truncation, push to talk, telephony")


main()
