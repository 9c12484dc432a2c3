import HTTPTypes
import Hummingbird
import NIOCore
import OmniCore
import OmniPipeline
import OmniWhisper

/// `POST /v1/audio/transcriptions`: a WAV file as a form in, its words out, in one of ``TranscriptionResponseFormat`` or as
/// server-sent events while they are found.
///
/// A recording that is longer than the encoder hears at once is cut where it is quietest.
struct TranscriptionRoutes {
    let desk: AnswerDesk
    let configuration: ServerConfiguration

    func add(to router: some RouterMethods<ServerContext>) {
        router.post("/v1/audio/transcriptions") { request, context in try await transcribe(request, context) }
    }

    private func transcribe(_ request: Request, _ context: ServerContext) async throws -> Response {
        let body = try await request.body.collect(upTo: configuration.maximumRequestBytes)
        let contentType = request.headers[.contentType]
        let request = try await context.work {
            let form = try MultipartForm(contentType: contentType, body: [UInt8](body.readableBytesView))
            return try TranscriptionRequest(form)
        }
        guard !request.streams else { return try await stream(request.audio, context) }
        var segments: [TranscriptSegment] = []
        for piece in try await context.work({ pieces(of: request.audio) }) {
            // The client may have gone.
            try Task.checkCancellation()
            let reply = try await desk.text(of: .speech(piece.sound), mode: .transcription)
            segments.append(
                TranscriptSegment(
                    start: piece.start, end: piece.start + piece.sound.duration, text: reply.text,
                    tokens: reply.tokens.last ?? []))
        }
        let transcript = Transcript(segments: segments, duration: request.audio.duration)
        return switch request.format {
        case .json: Response(json: transcript.json)
        case .text: Response(text: transcript.text + "\n")
        case .verboseJSON: Response(json: transcript.verboseJSON)
        case .srt: Response(text: transcript.srt, contentType: "application/x-subrip; charset=utf-8")
        case .vtt: Response(text: transcript.vtt, contentType: "text/vtt; charset=utf-8")
        }
    }

    /// The pieces in which something can have been said.
    private func pieces(of audio: AudioChunk) -> [(start: Duration, sound: AudioChunk)] {
        let encoder = desk.omni.encoder
        let longest = Duration.seconds(Double(encoder.maximumSampleCount) / Double(encoder.inputSampleRate))
        return SoundPieces.cut(audio, maximum: longest).filter { (try? $0.sound.requireSpeech()) != nil }
    }

    /// The first piece is begun before the response is: what it is refused with has a status of its own.
    private func stream(_ audio: AudioChunk, _ context: ServerContext) async throws -> Response {
        let pieces = try await context.work { self.pieces(of: audio).map(\.sound) }
        let first = if let piece = pieces.first { try await begin(piece) } else { Answer?.none }
        let channel = context.channel
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: ResponseBody { writer in
                var writer = PatientWriter(writer, channel)
                var events = TranscriptEvents()
                do {
                    for (index, piece) in pieces.enumerated() {
                        let answer = if index == 0, let first { first } else { try await begin(piece) }
                        for try await event in answer.events {
                            if let event = events.take(event) { try await writer.write(event) }
                        }
                        events.endPiece()
                        withExtendedLifetime(answer) {}
                    }
                    try await writer.write(events.done())
                } catch let error where !(error is CancellationError) {
                    try await writer.write(TranscriptEvents.failure(APIError(error)))
                }
                try await writer.finish()
            })
    }

    private func begin(_ piece: AudioChunk) async throws -> Answer {
        try await desk.begin(.speech(piece), mode: .transcription, options: ReplyOptions())
    }
}

/// A transcript as server-sent events: `transcript.text.delta` while it is made, `transcript.text.done` at its end.
struct TranscriptEvents {
    private var text = ""
    /// Whether the next text belongs to another piece of the recording than the last.
    private var pieceIsNew = false
    private var (inputCount, outputCount) = (0, 0)

    /// The event that an event of a reply leads to, if it leads to one.
    mutating func take(_ event: OmniEvent) -> [UInt8]? {
        switch event {
        case .text(let piece) where !piece.isEmpty:
            let delta = pieceIsNew && !text.isEmpty ? " " + piece : piece
            pieceIsNew = false
            text += delta
            return Self.bytes(["type": "transcript.text.delta", "delta": .string(delta)])
        case .finished(let metrics):
            inputCount += metrics.promptLength
            outputCount += metrics.stepCount
            return nil
        default: return nil
        }
    }

    mutating func endPiece() { pieceIsNew = true }

    func done() -> [UInt8] {
        Self.bytes([
            "type": "transcript.text.done", "text": .string(text),
            "usage": [
                "type": "tokens", "input_tokens": .integer(inputCount), "output_tokens": .integer(outputCount),
                "total_tokens": .integer(inputCount + outputCount),
            ],
        ])
    }

    /// The transcript ends here, for this reason.
    static func failure(_ error: APIError) -> [UInt8] { bytes(["type": "error", "error": error.json]) }

    private static func bytes(_ event: JSON) -> [UInt8] { Array("data: \(event.text)\n\n".utf8) }
}
