import Foundation
import Hummingbird
import OmniCore
import OmniPipeline
import OmniWhisper

/// `POST /v1/audio/transcriptions`: a WAV file as a form in, its words out, as `json`, `text` or `verbose_json`.
///
/// A recording that is longer than the encoder hears at once is cut where it is quietest.
struct TranscriptionRoutes {
    let desk: AnswerDesk
    let configuration: ServerConfiguration

    /// A piece of the recording, and what is said in it.
    private struct Segment {
        let start: Duration
        let end: Duration
        let reply: Reply
    }

    /// The longest recording.
    static let maximumDuration = Duration.seconds(600)

    func add(to router: some RouterMethods<ServerContext>) {
        router.post("/v1/audio/transcriptions") { request, context in try await transcribe(request, context) }
    }

    private func transcribe(_ request: Request, _ context: ServerContext) async throws -> Response {
        let body = try await request.body.collect(upTo: configuration.maximumRequestBytes)
        let contentType = request.headers[.contentType]
        let form = try await context.work {
            try MultipartForm(contentType: contentType, body: [UInt8](body.readableBytesView))
        }
        guard let file = form["file"] else {
            throw APIError.invalid("file is missing", code: "missing_required_parameter", parameter: "file")
        }
        let format = form.text("response_format") ?? "json"
        guard ["json", "text", "verbose_json"].contains(format) else {
            throw APIError.invalid(
                "response_format is json, text or verbose_json", code: "invalid_value", parameter: "response_format")
        }
        guard form.text("stream") != "true" else {
            throw APIError.invalid("transcripts are not streamed", code: "unsupported_value", parameter: "stream")
        }
        let sound = try await context.work { try AudioChunk(wav: file.bytes) }
        guard sound.duration <= Self.maximumDuration else {
            throw APIError.invalid(
                "the recording is longer than \(Int(Self.maximumDuration.inSeconds)) s", code: "audio_too_long",
                parameter: "file")
        }
        let segments = try await segments(of: sound, context)
        let text = segments.map(\.reply.text).filter { !$0.isEmpty }.joined(separator: " ")
        switch format {
        case "text": return Response(text: text + "\n")
        case "verbose_json": return Response(json: verbose(text, segments, sound))
        default:
            let usage: JSON = ["type": "duration", "seconds": .number(sound.duration.inSeconds)]
            return Response(json: ["text": .string(text), "usage": usage])
        }
    }

    private func segments(of sound: AudioChunk, _ context: ServerContext) async throws -> [Segment] {
        let encoder = desk.omni.encoder
        let longest = Duration.seconds(Double(encoder.maximumSampleCount) / Double(encoder.inputSampleRate))
        var segments: [Segment] = []
        for piece in try await context.work({ SoundPieces.cut(sound, maximum: longest) }) {
            try Task.checkCancellation()
            let reply = try await desk.text(of: .speech(piece.sound), mode: .transcription)
            segments.append(Segment(start: piece.start, end: piece.start + piece.sound.duration, reply: reply))
        }
        return segments
    }

    private func verbose(_ text: String, _ segments: [Segment], _ sound: AudioChunk) -> JSON {
        [
            "task": "transcribe", "language": "english", "duration": .number(sound.duration.inSeconds),
            "text": .string(text),
            "segments": .array(
                segments.enumerated().map { index, segment in
                    [
                        "id": .integer(index), "seek": 0, "start": .number(segment.start.inSeconds),
                        "end": .number(segment.end.inSeconds), "text": .string(segment.reply.text),
                        "tokens": .array((segment.reply.tokens.last ?? []).map { .integer(Int($0)) }),
                        "temperature": 0.0, "avg_logprob": 0.0, "compression_ratio": 1.0, "no_speech_prob": 0.0,
                    ]
                }),
        ]
    }
}
