import Foundation
import OmniCore
import OmniPipeline
import Testing

@testable import OmniServer

/// What a client may ask to be written down, and how it is written.
@Suite struct TranscriptTests {
    private let transcript = Transcript(
        segments: [
            TranscriptSegment(start: .zero, end: .milliseconds(29_950), text: "What is your name?", tokens: [1]),
            TranscriptSegment(start: .milliseconds(29_950), end: .seconds(40), text: "", tokens: []),
            TranscriptSegment(start: .seconds(40), end: .milliseconds(3_661_007), text: "Who are you?", tokens: [2]),
        ], duration: .milliseconds(3_661_007))

    @Test func formats() {
        #expect(transcript.text == "What is your name? Who are you?")
        #expect(
            transcript.srt == """
                1
                00:00:00,000 --> 00:00:29,950
                What is your name?

                2
                00:00:40,000 --> 01:01:01,007
                Who are you?


                """)
        #expect(
            transcript.vtt == """
                WEBVTT

                00:00:00.000 --> 00:00:29.950
                What is your name?

                00:00:40.000 --> 01:01:01.007
                Who are you?


                """)
        #expect(
            transcript.verboseJSON["segments"]?.array?.map { $0["text"] } == ["What is your name?", "", "Who are you?"])
        #expect(transcript.json["usage"]?["type"] == "duration")
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
        ] as [([(String, String)], String, String)])
    func whatMayNotBeAsked(fields: [(String, String)], code: String, parameter: String) throws {
        let form = try form(speech, fields)
        #expect { try TranscriptionRequest(form) } throws: { error in
            let error = error as? APIError
            return error?.status == 400 && error?.code == code && error?.parameter == parameter
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
