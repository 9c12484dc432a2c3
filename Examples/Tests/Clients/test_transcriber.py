"""The official `openai` package, unmodified, and a server with a Whisper model: transcriptions and translations in each
form, equal to what `omni transcribe` writes with the same model, the small random one of the library's tests."""
import json, pathlib, re, shutil, subprocess, tempfile

import openai
from serving import EXAMPLES, OMNI, server

FIXTURES = EXAMPLES.parent / "Tests/Fixtures"
AUDIO = FIXTURES / "audio/q_weather_16k.wav"


def trimmed(text):
    """Without the blanks around it; Python's own strip takes control characters away as well, which random text has."""
    return text.strip(" \t\n\v\f\r\x85\xa0\u2028\u2029")


def model(folder):
    """The model beside its tokenizer, under the name that openai-whisper gives it."""
    shutil.copy(FIXTURES / "whisper/transcription/small.pt", folder / "small.pt")
    shutil.copy(FIXTURES / "whisper/transcription/small.tiktoken", folder / "multilingual.tiktoken")
    return str(folder / "small.pt")


def written(model, *flags):
    """What the command writes."""
    command = [str(OMNI), "transcribe", str(AUDIO), "--model", model, "--precision", "float32", "--json", *flags]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=300).stdout)[0]


def check(client, model):
    file = (AUDIO.name, AUDIO.read_bytes())
    create = client.audio.transcriptions.create
    expected = written(model)
    text = trimmed(expected["text"])
    assert text
    plain = create(model="whisper-1", file=file)
    assert plain.text == text and plain.usage.type == "duration" and plain.usage.seconds > 1, plain
    assert create(model="whisper-1", file=file, response_format="text").removesuffix("\n") == text

    verbose = create(model="whisper-1", file=file, response_format="verbose_json")
    assert verbose.text == text and verbose.words is None and verbose.duration > 1
    assert [(s.text, s.start, s.end, s.tokens, s.seek) for s in verbose.segments] == [
        (s["text"], s["start"], s["end"], s["tokens"], s["seek"]) for s in expected["segments"]]
    language = written(model, "--language", "de")
    german = create(model="whisper-1", file=file, response_format="verbose_json", language="de", prompt="Guten Tag.")
    assert german.language == "german", german
    assert german.text == trimmed(written(model, "--language", "de", "--prompt", "Guten Tag.")["text"])
    assert language["language"] == "de"

    words = written(model, "--word-timestamps")
    for granularities in (["word"], ["word", "segment"]):
        timed = create(
            model="whisper-1", file=file, response_format="verbose_json", timestamp_granularities=granularities)
        assert [(w.word, w.start, w.end) for w in timed.words] == [
            (trimmed(w["word"]), w["start"], w["end"]) for s in words["segments"] for w in s.get("words", [])]
        assert (timed.segments is not None) == ("segment" in granularities), timed

    def clock(seconds, mark):
        milliseconds = round(seconds * 1000)
        return f"{milliseconds // 3600000:02}:{milliseconds // 60000 % 60:02}:{milliseconds // 1000 % 60:02}" + (
            f"{mark}{milliseconds % 1000:03}")

    def cue(segment):
        """An empty line would end a cue, and an arrow its times."""
        return "\n".join(filter(None, trimmed(segment["text"]).replace("-->", "->").split("\n")))

    said = [s for s in expected["segments"] if trimmed(s["text"])]
    subtitles = create(model="whisper-1", file=file, response_format="srt")
    assert subtitles == "".join(
        f"{i + 1}\n{clock(s['start'], ',')} --> {clock(s['end'], ',')}\n{cue(s)}\n\n"
        for i, s in enumerate(said)), subtitles
    subtitles = create(model="whisper-1", file=file, response_format="vtt")
    assert subtitles == "WEBVTT\n\n" + "".join(
        f"{clock(s['start'], '.')} --> {clock(s['end'], '.')}\n{cue(s)}\n\n" for s in said), subtitles

    events = list(create(model="whisper-1", file=file, stream=True))
    assert [e.type for e in events[:-1]] == ["transcript.text.delta"] * (len(events) - 1) and len(events) > 1, events
    done = events[-1]
    assert done.type == "transcript.text.done" and trimmed(done.text) == text, done
    assert "".join(e.delta for e in events[:-1]) == done.text
    assert done.usage.total_tokens == done.usage.input_tokens + done.usage.output_tokens > 50, done.usage

    translate = client.audio.translations.create
    translation = trimmed(written(model, "--task", "translate")["text"])
    assert translate(model="whisper-1", file=file).text == translation
    verbose = translate(model="whisper-1", file=file, response_format="verbose_json")
    assert (verbose.text, verbose.language) == (translation, "english"), verbose
    assert re.match(r"1\n00:00:", translate(model="whisper-1", file=file, response_format="srt"))

    for parameter, bad in (("language", {"language": "klingon"}), ("temperature", {"temperature": 1.5}),
                           ("timestamp_granularities", {"timestamp_granularities": ["word"]}),
                           ("timestamp_granularities", {"response_format": "verbose_json",
                                                        "timestamp_granularities": ["syllable"]})):
        try:
            create(**{"model": "whisper-1", "file": file, **bad})
            raise AssertionError(f"nonsense was let through: {bad}")
        except openai.BadRequestError as error:
            assert error.param == parameter, error


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = model(pathlib.Path(folder))
        flags = ["--api-key", "secret", "--precision", "float32"]
        with server(*flags, "--transcriber", path) as running:
            check(openai.OpenAI(base_url=f"{running.url}/v1", api_key="secret", max_retries=0), path)
        with server(*flags) as running:
            client = openai.OpenAI(base_url=f"{running.url}/v1", api_key="secret", max_retries=0)
            try:
                client.audio.translations.create(model="omni", file=(AUDIO.name, AUDIO.read_bytes()))
                raise AssertionError("a model that cannot translate did")
            except openai.BadRequestError as error:
                assert error.code == "unsupported_value", error
    print("openai: transcriptions and translations by a Whisper model")


main()
