import Foundation
import OmniCore
import OmniPipeline
import OmniWhisper
import Testing

@testable import OmniServer

/// What a client may ask to be written down, and how it is written.
@Suite struct TranscriptTests {
    private static func segment(_ start: Double, _ end: Double, _ text: String, _ token: Int) -> TranscriptSegment {
        var segment = TranscriptSegment(start: start, end: end, text: text)
        segment.tokens = [TokenID(token)]
        return segment
    }

    private let transcript = Transcript(
        text: " What is your name? Who are you?", language: "de", duration: 3661.007,
        segments: [
            segment(0, 29.95, " What is your name?", 1), segment(29.95, 40, " ", 3),
            segment(40, 3661.007, " Who\n\n--> are you?", 2),
        ])

    @Test func formats() throws {
        #expect(transcript.trimmedText == "What is your name? Who are you?")
        // A transcript with word times gives the same.
        var timed = transcript
        timed.segments[0].words = [TranscriptWord(text: " What", start: 0.1, end: 0.3, probability: 0.5)]
        #expect(
            try timed.subtitles(.subRip) == """
                1
                00:00:00,000 --> 00:00:29,950
                What is your name?

                2
                00:00:40,000 --> 01:01:01,007
                Who
                -> are you?


                """)
        #expect(
            try transcript.subtitles(.webVTT) == """
                WEBVTT

                00:00:00.000 --> 00:00:29.950
                What is your name?

                00:00:40.000 --> 01:01:01.007
                Who
                -> are you?


                """)
        #expect(transcript.json["usage"]?["type"] == "duration")
    }

    @Test func verboseForm() {
        var transcript = transcript
        transcript.segments[0].words = [TranscriptWord(text: " What", start: 0.1, end: 0.3, probability: 0.5)]
        transcript.segments[0].temperature = 0.2
        let plain = transcript.verboseJSON(.transcribe, [.segment])
        #expect(plain["segments"]?.array?.map { $0["id"] } == [0, 1, 2])
        #expect(plain["segments"]?.array?[0]["text"] == " What is your name?")
        #expect(plain["segments"]?.array?[0]["temperature"] == 0.2 && plain["segments"]?.array?[0]["tokens"] == [1])
        #expect(plain["language"] == "german" && plain["task"] == "transcribe" && plain["words"] == nil)
        let timed = transcript.verboseJSON(.translate, [.word])
        #expect(timed["words"] == [["word": "What", "start": 0.1, "end": 0.3]] && timed["segments"] == nil)
        #expect(timed["language"] == "english" && timed["task"] == "translate")
    }

    /// A transcriber's windows: their texts have the blanks between them.
    @Test func eventsOfWindows() throws {
        var events = TranscriptEvents()
        let deltas = [
            events.take([transcript.segments[1]]), events.take([transcript.segments[0]]),
            events.take([transcript.segments[1], TranscriptSegment(start: 0, end: 1, text: " Yes.")]), events.take([]),
        ]
        let texts = try deltas.map { event in
            try event.map { try JSON(parsing: String(decoding: $0, as: UTF8.self).dropFirst(6).utf8)["delta"]?.string }
        }
        #expect(texts == [nil, "What is your name?", "  Yes.", nil])
        events.take(Transcript(text: "", language: "en", duration: 1.01, segments: []))
        let done = try JSON(parsing: String(decoding: events.done(), as: UTF8.self).dropFirst(6).utf8)
        #expect(done["text"] == "What is your name?  Yes.")
        // A position each 20 ms, and the tokens of three segments.
        #expect(done["usage"]?["input_tokens"] == 51 && done["usage"]?["output_tokens"] == 3)
    }

    @Test func events() throws {
        var events = TranscriptEvents()
        var sent: [[UInt8]] = []
        func text(_ text: String) -> OmniEvent { .text(text) }
        for piece in [["What", " is"], [""], ["Who", ""]] {
            for delta in piece { if let event = events.take(text(delta)) { sent.append(event) } }
            var metrics = ReplyMetrics(mode: .transcription)
            (metrics.promptLength, metrics.stepCount) = (10, 3)
            #expect(events.take(.finished(metrics)) == nil)
            events.endPiece()
        }
        sent.append(events.done())
        let values = try sent.map { bytes in
            let line = String(decoding: bytes, as: UTF8.self)
            #expect(line.hasPrefix("data: ") && line.hasSuffix("\n\n"))
            return try JSON(parsing: line.dropFirst(6).utf8)
        }
        #expect(values.dropLast().compactMap { $0["delta"]?.string } == ["What", " is", " Who"])
        let done = try #require(values.last)
        #expect(done["type"] == "transcript.text.done" && done["text"] == "What is Who")
        #expect(done["usage"] == ["type": "tokens", "input_tokens": 30, "output_tokens": 9, "total_tokens": 39])
    }

    /// A form with a recording.
    private func form(_ samples: [Float], _ fields: [(String, String)] = []) throws -> MultipartForm {
        var body = Data()
        for (name, value) in fields {
            body += Data("--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        body += Data("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n".utf8)
        body += Data(WAVStreamHeader.bytes(sampleRate: 16_000) + AudioChunk(samples, sampleRate: 16_000).pcm16)
        body += Data("\r\n--b--\r\n".utf8)
        return try MultipartForm(contentType: "multipart/form-data; boundary=b", body: [UInt8](body))
    }

    private let speech = (0..<1_600).map { Float($0 % 80) / 100 }

    @Test func whatMayBeAsked() throws {
        #expect(try TranscriptionRequest(form(speech)).format == .json)
        for format in TranscriptionResponseFormat.allCases {
            #expect(try TranscriptionRequest(form(speech, [("response_format", format.rawValue)])).format == format)
        }
        for (text, streams) in [("true", true), ("True", true), ("1", true), ("false", false), ("", false)] {
            #expect(try TranscriptionRequest(form(speech, [("stream", text)])).streams == streams)
        }
        _ = try TranscriptionRequest(
            form(speech, [("response_format", "verbose_json"), ("timestamp_granularities[]", "segment")]))
        for strategy in ["auto", #"{"type": "server_vad", "threshold": 0.5}"#, ""] {
            _ = try TranscriptionRequest(form(speech, [("chunking_strategy", strategy), ("language", "en")]))
        }
        _ = try TranscriptionRequest(form(speech, [("chunking_strategy[type]", "server_vad"), ("language", "")]))
    }

    @Test(
        arguments: [
            ([("response_format", "diarized_json")], "invalid_value", "response_format"),
            ([("stream", "perhaps")], "invalid_value", "stream"),
            ([("stream", "true"), ("response_format", "srt")], "unsupported_value", "response_format"),
            ([("timestamp_granularities[]", "word")], "unsupported_value", "timestamp_granularities"),
            ([("timestamp_granularities", "word")], "unsupported_value", "timestamp_granularities"),
            (
                [("timestamp_granularities[]", "word"), ("timestamp_granularities[]", "segment")], "unsupported_value",
                "timestamp_granularities"
            ),
            ([("include[]", "logprobs")], "unsupported_value", "include"),
            ([("include", "everything")], "invalid_value", "include"),
            ([("chunking_strategy", "nonsense")], "invalid_value", "chunking_strategy"),
            ([("chunking_strategy", #"{"type": "vad"}"#)], "invalid_value", "chunking_strategy"),
            ([("language", "zz")], "invalid_value", "language"),
            ([("language", "de")], "unsupported_value", "language"),
        ] as [([(String, String)], String, String)])
    func whatMayNotBeAsked(fields: [(String, String)], code: String, parameter: String) throws {
        let form = try form(speech, fields)
        #expect { try TranscriptionRequest(form) } throws: { error in
            let error = error as? APIError
            return error?.status == 400 && error?.code == code && error?.parameter == parameter
        }
    }

    @Test func whatATranscriberMayBeAsked() throws {
        let languages = [WhisperLanguage.english, WhisperLanguage("de")].compactMap(\.self)
        let request = try TranscriptionRequest(
            form(
                speech,
                [
                    ("response_format", "verbose_json"), ("timestamp_granularities[]", "word"), ("language", "German"),
                    ("prompt", "Omni"), ("temperature", "0.4"),
                ]), languages: languages)
        #expect(request.granularities == [.word])
        #expect(
            request.options
                == TranscriptionOptions(language: "de", prompt: "Omni", temperature: 0.4, hasWordTimes: true))
        let plain = try TranscriptionRequest(form(speech, [("temperature", "0")]), languages: languages)
        #expect(plain.options == TranscriptionOptions() && plain.granularities == [.segment])
        let translation = try TranscriptionRequest(form(speech), task: .translate, languages: languages)
        #expect(translation.options.task == .translate)
    }

    @Test(
        arguments: [
            ([("language", "fr")], "language"), ([("language", "klingon")], "language"),
            ([("temperature", "1.01")], "temperature"), ([("temperature", "warm")], "temperature"),
            ([("temperature", "nan")], "temperature"),
            ([("timestamp_granularities[]", "word")], "timestamp_granularities"),
            (
                [("response_format", "verbose_json"), ("timestamp_granularities[]", "phoneme")],
                "timestamp_granularities"
            ),
        ] as [([(String, String)], String)])
    func whatATranscriberMayNotBeAsked(fields: [(String, String)], parameter: String) throws {
        let form = try form(speech, fields)
        let languages = [WhisperLanguage.english, WhisperLanguage("de")].compactMap(\.self)
        #expect { try TranscriptionRequest(form, languages: languages) } throws: { error in
            (error as? APIError)?.status == 400 && (error as? APIError)?.parameter == parameter
        }
    }

    /// Neither the language model translates nor an English-only transcriber.
    @Test(arguments: [nil, [WhisperLanguage.english]]) func whoDoesNotTranslate(languages: [WhisperLanguage]?) throws {
        let form = try form(speech)
        #expect { try TranscriptionRequest(form, task: .translate, languages: languages) } throws: { error in
            (error as? APIError)?.code == "unsupported_value" && (error as? APIError)?.parameter == "model"
        }
    }

    /// Where nothing can have been said, nothing is invented.
    @Test(arguments: [[], [0.5], Array(repeating: 0.1, count: 1_599), Array(repeating: 0, count: 32_000)] as [[Float]])
    func recordingsWithoutSpeech(samples: [Float]) throws {
        let form = try form(samples)
        #expect { try TranscriptionRequest(form) } throws: { error in
            let error = error as? APIError
            return error?.status == 400 && error?.code == "audio_too_short" && error?.parameter == "file"
        }
        let wav = [UInt8](WAVStreamHeader.bytes(sampleRate: 16_000) + AudioChunk(samples, sampleRate: 16_000).pcm16)
        #expect { try ChatRequest(["audio": .string(wav.base64)]) } throws: { error in
            let error = error as? APIError
            return error?.status == 400 && error?.code == "audio_too_short" && error?.parameter == "audio"
        }
    }
}
