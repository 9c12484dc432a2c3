import HTTPTypes
import Hummingbird
import OmniCore
import OmniPipeline
import OmniSNAC

/// `POST /v1/audio/speech`: text in, audio out while it is made.
///
/// The model answers; it does not read out. What is heard is the reply to `input`, and the header field `Omni-Speech:
/// answer` says so.
struct SpeechRoutes {
    let replies: ReplyService
    let configuration: ServerConfiguration

    func add(to router: some RouterMethods<ServerContext>) {
        router.post("/v1/audio/speech") { request, context in try await speak(request, context) }
    }

    private func speak(_ request: Request, _ context: ServerContext) async throws -> Response {
        let body = try await request.body.collect(upTo: configuration.maximumRequestBytes)
        let speech = try await context.work { try SpeechRequest(try JSON(parsing: body.readableBytesView)) }
        let answer = try await begin(speech.input)
        let (channel, rate) = (context.channel, replies.omni.codec.outputSampleRate)
        var headers: HTTPFields = [.contentType: speech.format == .wav ? "audio/wav" : "audio/pcm"]
        if let note = HTTPField.Name("Omni-Speech") { headers[note] = "answer" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                var writer = TimeoutWriter(writer, channel)
                if speech.format == .wav { try await writer.write(WAVStreamHeader.bytes(sampleRate: rate)) }
                for try await event in answer.events {
                    if case .audio(let chunk) = event { try await writer.write(chunk.pcm16) }
                }
                try await writer.finish()
                withExtendedLifetime(answer) {}
            })
    }

    /// Begins the reply. An input that the model cannot take is the client's error, and says which field it is in.
    private func begin(_ input: String) async throws -> RunningReply {
        do {
            let options = ReplyOptions(maximumBufferedAudio: ReplyService.bufferedAudio)
            return try await replies.begin(.text(input), mode: .textToSpeech, options: options)
        } catch {
            let known = APIError(error, parameter: "input")
            throw known.kind == .invalidRequest ? known : error
        }
    }
}

/// The header of a WAV file whose length is not known yet: sizes of all ones, as streaming encoders write them.
enum WAVStreamHeader {
    static func bytes(sampleRate: Int) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        return Array("RIFF".utf8) + little(0xFFFF_FFFF, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(1, 2)
            + little(1, 2) + little(sampleRate, 4) + little(sampleRate * 2, 4) + little(2, 2) + little(16, 2)
            + Array("data".utf8) + little(0xFFFF_FFFF, 4)
    }
}
