import HTTPTypes
import Hummingbird
import OmniCore
import OmniPipeline
import OmniSNAC
import OmniWhisper

/// The reference's own interface: `POST /chat`, a spoken question in, a spoken reply out while it is made.
///
/// Mini-Omni answers with raw 16-bit samples; Mini-Omni2 with parts, of audio and of text in turn. Which one is the
/// server's setting, or the request's: `/chat?format=multipart`, `/chat?format=raw`.
struct ChatRoutes {
    let replies: ReplyService
    let configuration: ServerConfiguration
    let room: UploadRoom

    func add(to router: some RouterMethods<ServerContext>) {
        router.post("/chat") { request, context in try await chat(request, context) }
    }

    private func chat(_ request: Request, _ context: ServerContext) async throws -> Response {
        let sendsText = try format(request)
        let body = try await request.body.collect(upTo: configuration.maximumRequestBytes)
        let (encoder, codec) = (replies.omni.encoder, replies.omni.codec)
        let target = UploadedAudio.Target(
            sampleRate: encoder.inputSampleRate, maximumSampleCount: encoder.maximumSampleCount, room: room)
        let chat = try await context.work { try ChatRequest(try JSON(parsing: body.readableBytesView), for: target) }
        var options = ReplyOptions(maximumBufferedAudio: ReplyService.bufferedAudio)
        options.generation.maximumPositionCount = chat.maximumPositionCount
        let answer = try await replies.begin(
            .speech(chat.question.audio), mode: .speechToSpeechBatch, options: options)
        let chunkCount = chat.stride * codec.configuration.samplesPerFrame
        let channel = context.channel
        var headers: HTTPFields = [
            .contentType: sendsText ? "multipart/x-mixed-replace; boundary=frame" : "audio/wav"
        ]
        headers.warn(chat.question.warnings + answer.warnings.map(\.description))
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                var writer = TimeoutWriter(writer, channel)
                var parts = ChatParts(sendsText: sendsText, sampleCount: chunkCount)
                for try await event in answer.events {
                    for bytes in parts.take(event) { try await writer.write(bytes) }
                }
                try await writer.finish()
                withExtendedLifetime((answer, chat)) {}
            })
    }

    /// Whether the reply is in parts.
    private func format(_ request: Request) throws(APIError) -> Bool {
        switch request.uri.queryParameters["format"] {
        case nil: return configuration.chatSendsText
        case "multipart"?: return true
        case "raw"?: return false
        default: throw .invalid("format is raw or multipart", code: "invalid_value", parameter: "format")
        }
    }
}

/// Makes the bytes of a chat's answer from its events.
struct ChatParts {
    private let sendsText: Bool
    /// Samples in a chunk.
    private let sampleCount: Int
    private var samples: [Float] = []
    private var sampleRate = 24_000
    private var text = ""

    init(sendsText: Bool, sampleCount: Int) {
        self.sendsText = sendsText
        self.sampleCount = sampleCount
    }

    /// What can be sent now.
    mutating func take(_ event: OmniEvent) -> [[UInt8]] {
        switch event {
        case .text(let delta):
            text += delta
            return []
        case .audio(let chunk):
            samples += chunk.samples
            sampleRate = chunk.sampleRate
            var pieces: [[UInt8]] = []
            while samples.count >= sampleCount {
                pieces.append(part(Array(samples.prefix(sampleCount))))
                samples.removeFirst(sampleCount)
            }
            return pieces
        case .finished:
            var pieces: [[UInt8]] = []
            if !samples.isEmpty || !text.isEmpty && sendsText { pieces.append(part(samples)) }
            samples = []
            // The reference's client takes a part when the next one begins: without this it would lose the last.
            if sendsText { pieces.append(Array("\r\n--frame\r\n".utf8)) }
            return pieces
        default: return []
        }
    }

    private mutating func part(_ samples: [Float]) -> [UInt8] {
        let audio = AudioChunk(samples, sampleRate: sampleRate).pcm16
        guard sendsText else { return audio }
        defer { text = "" }
        return Array("\r\n--frame\r\nContent-Type: audio/wav\r\n\r\n".utf8) + audio
            + Array("\r\n--frame\r\nContent-Type: text/plain\r\n\r\n\(text)".utf8)
    }
}
