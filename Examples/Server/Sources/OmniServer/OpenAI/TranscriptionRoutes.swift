import HTTPTypes
import Hummingbird
import NIOCore
import OmniCore
import OmniPipeline
import OmniWhisper

/// `POST /v1/audio/transcriptions` and `/v1/audio/translations`: a recording as a form in, its words out, in one of
/// ``TranscriptionResponseFormat`` or as server-sent events while they are found.
///
/// Where the server has a transcriber, it writes; elsewhere the language model does, which knows no times and does not
/// translate. For that one a recording that is longer than the encoder hears at once is cut where it is quietest.
struct TranscriptionRoutes {
    let replies: ReplyService
    let service: TranscriptionService?
    let configuration: ServerConfiguration
    let room: UploadRoom

    func add(to router: some RouterMethods<ServerContext>) {
        router.post("/v1/audio/transcriptions") { request, context in
            try await answer(request, .transcribe, context)
        }
        router.post("/v1/audio/translations") { request, context in
            try await answer(request, .translate, context)
        }
    }

    private func answer(
        _ request: Request, _ task: TranscriptionTask, _ context: ServerContext
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: configuration.maximumRequestBytes)
        let contentType = request.headers[.contentType]
        let languages = service?.languages
        let rate = service?.transcriber.inputSampleRate ?? replies.omni.encoder.inputSampleRate
        let target = UploadedAudio.Target(sampleRate: rate, room: room)
        let request = try await context.work {
            let form = try MultipartForm(contentType: contentType, body: [UInt8](body.readableBytesView))
            return try TranscriptionRequest(form, task: task, languages: languages, for: target)
        }
        var response = try await response(to: request, context)
        response.headers.warn(request.recording.warnings)
        return response
    }

    private func response(to request: TranscriptionRequest, _ context: ServerContext) async throws -> Response {
        let audio = request.recording.audio
        if let service {
            let permit = try service.makePermit()
            if request.streams { return stream(request, by: service, with: permit, context) }
            return try await service.transcribe(audio, request.options, with: permit).response(to: request)
        }
        if request.streams { return try await stream(request.recording, context) }
        return try await transcript(of: request.recording, context).response(to: request)
    }

    private func stream(
        _ request: TranscriptionRequest, by service: TranscriptionService, with permit: TranscriptionService.Permit,
        _ context: ServerContext
    ) -> Response {
        eventStream(context) { events, continuation in
            for try await event in service.events(of: request.recording.audio, request.options, with: permit) {
                switch event {
                case .segments(let segments):
                    if let event = events.take(segments) { continuation.yield(event) }
                case .whole(let transcript): events.take(transcript)
                }
            }
        }
    }

    /// A body of events, closed by the end of the transcript or by the reason why there is none. Only text waits for
    /// the client, so that a transcript is bounded by its recording.
    private func eventStream(
        _ context: ServerContext,
        _ produce:
            @escaping @Sendable (
                inout TranscriptEvents, AsyncThrowingStream<[UInt8], any Error>.Continuation
            ) async throws -> Void
    ) -> Response {
        let channel = context.channel
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: ResponseBody { writer in
                let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
                let task = Task {
                    var events = TranscriptEvents()
                    do {
                        try await produce(&events, continuation)
                        continuation.yield(events.done())
                        continuation.finish()
                    } catch {
                        continuation.finish(throwing: error)
                    }
                }
                // The client may leave: then the body is cancelled, or a write fails.
                defer { task.cancel() }
                var writer = TimeoutWriter(writer, channel)
                do {
                    for try await event in stream { try await writer.write(event) }
                } catch let error where !(error is CancellationError) {
                    try await writer.write(TranscriptEvents.failure(APIError(error)))
                }
                try await writer.finish()
            })
    }

    // MARK: By the language model

    private func transcript(of recording: UploadedAudio, _ context: ServerContext) async throws -> Transcript {
        var segments: [TranscriptSegment] = []
        for place in try await context.work({ pieces(of: recording.audio) }) {
            // The client may have gone.
            try Task.checkCancellation()
            let reply = try await replies.text(of: .speech(recording.audio[place]), mode: .transcription)
            let rate = Double(recording.audio.sampleRate)
            var segment = TranscriptSegment(
                start: Double(place.lowerBound) / rate, end: Double(place.upperBound) / rate, text: reply.text)
            segment.tokens = (reply.tokens.last ?? []).map { TokenID(rawValue: $0) }
            // What a model that is never asked twice says of every text.
            segment.compressionRatio = 1
            segments.append(segment)
        }
        return Transcript(
            text: segments.map(\.text).filter { !$0.isEmpty }.joined(separator: " "), language: "en",
            duration: recording.duration.inSeconds, segments: segments)
    }

    /// Where the pieces lie in which something can have been said. Each is copied when it is its turn.
    private func pieces(of audio: AudioChunk) -> [Range<Int>] {
        AudioPieces.cut(audio, maximumSampleCount: replies.omni.encoder.maximumSampleCount)
            .filter { (try? audio[$0].requireSpeech()) != nil }
    }

    /// The first piece is begun before the response is: what it is refused with has a status of its own.
    private func stream(_ recording: UploadedAudio, _ context: ServerContext) async throws -> Response {
        let pieces = try await context.work { self.pieces(of: recording.audio) }
        let first = if let place = pieces.first { try await begin(recording.audio[place]) } else { RunningReply?.none }
        return eventStream(context) { events, continuation in
            for (index, place) in pieces.enumerated() {
                let answer = if index == 0, let first { first } else { try await begin(recording.audio[place]) }
                for try await event in answer.events {
                    if let event = events.take(event) { continuation.yield(event) }
                }
                events.endPiece()
                withExtendedLifetime(answer) {}
            }
        }
    }

    private func begin(_ piece: AudioChunk) async throws -> RunningReply {
        try await replies.begin(.speech(piece), mode: .transcription, options: ReplyOptions())
    }
}
