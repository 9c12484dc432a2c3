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
        let fields = Fields(try await context.work { try JSON(parsing: body.readableBytesView) })
        let input = try fields.string("input")
        guard !input.isEmpty, TextLimit.allows(input) else {
            throw APIError.invalid(
                "input has 1 to \(TextLimit.maximumCharacterCount) characters", code: "invalid_value",
                parameter: "input")
        }
        let format = try fields.optionalString("response_format") ?? "wav"
        guard ["wav", "pcm"].contains(format) else {
            throw APIError.invalid(
                "response_format is wav or pcm", code: "unsupported_value", parameter: "response_format")
        }
        if let speed = fields.json["speed"], speed.number != 1 {
            throw APIError.invalid("the speed is 1", code: "unsupported_value", parameter: "speed")
        }
        if try fields.optionalString("stream_format") == "sse" {
            throw APIError.invalid(
                "the audio is streamed as it is", code: "unsupported_value", parameter: "stream_format")
        }
        let options = ReplyOptions(maximumBufferedAudio: ReplyService.bufferedAudio)
        let answer = try await replies.begin(.text(input), mode: .textToSpeech, options: options)
        let (channel, rate) = (context.channel, replies.omni.codec.outputSampleRate)
        var headers: HTTPFields = [.contentType: format == "wav" ? "audio/wav" : "audio/pcm"]
        if let note = HTTPField.Name("Omni-Speech") { headers[note] = "answer" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                var writer = TimeoutWriter(writer, channel)
                if format == "wav" { try await writer.write(WAVStreamHeader.bytes(sampleRate: rate)) }
                for try await event in answer.events {
                    if case .audio(let chunk) = event { try await writer.write(chunk.pcm16) }
                }
                try await writer.finish()
                withExtendedLifetime(answer) {}
            })
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
