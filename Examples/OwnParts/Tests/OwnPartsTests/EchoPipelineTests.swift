import OmniPipeline
import OwnParts
import Testing

@Suite("A pipeline of parts of one's own")
struct EchoPipelineTests {
    private let session = OmniPipeline(
        encoder: PlainEncoder(), model: EchoModel(), codec: ToneCodec(), tokenizer: ByteTokenizer()
    ).makeSession()

    @Test("answers in the model's first mode, with text and audio")
    func speaks() async throws {
        let reply = try await session.answer(to: "Grüße")
        #expect(reply.text == "Grüße")
        #expect(reply.audio?.sampleRate == 16_000 && reply.audio?.samples.count == 7 * 800)
        #expect(reply.metrics.mode == .textToSpeech && reply.metrics.stepCount == 7)
        #expect(reply.metrics.ending == .completed)
    }

    @Test("answers in the mode that is asked for")
    func writes() async throws {
        let reply = try await session.answer(to: "Hello", mode: .textToText)
        #expect(reply.text == "Hello" && reply.audio == nil)
    }

    @Test("events come in order, and whole scalars at a time")
    func streams() async throws {
        var text: [String] = []
        for try await event in session.respond(to: "aé", mode: .textToText) {
            if case .text(let delta) = event { text.append(delta) }
        }
        #expect(text == ["a", "é"])
    }

    @Test("a limit ends the answer")
    func limit() async throws {
        var options = ReplyOptions()
        options.generation.maximumStepCount = 3
        let reply = try await session.answer(to: "abcdef", options: options)
        #expect(reply.text == "abc" && reply.metrics.ending == .reachedLimit)
    }

    @Test("what the model cannot do is refused by name")
    func refusals() async throws {
        let recording = AudioChunk(Array(repeating: 0.1, count: 16_000), sampleRate: 16_000)
        await #expect(throws: OmniSessionError.noMode(isSpoken: true)) { try await session.answer(to: recording) }
        let modes: [ReplyMode] = [.textToSpeech, .textToText]
        await #expect(throws: OmniSessionError.unsupportedMode(.speechToText, supported: modes)) {
            try await session.answer(to: recording, mode: .speechToText)
        }
    }
}
