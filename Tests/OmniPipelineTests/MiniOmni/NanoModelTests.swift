import Foundation
import OmniCore
import OmniGPT
import OmniPipeline
import OmniSNAC
import OmniTensor
import OmniTesting
import TestSupport
import Testing

/// The bundled model answers the bundled questions in every mode, spoken ones token for token.
@Suite struct NanoModelTests {
    /// A question, and what the reference code answered to it.
    struct Sample: Decodable, Sendable {
        struct StreamTokens: Decodable {
            let text: [Int32]
            let audio: [[Int32]]
        }

        let question: String
        let question_wav: String
        let modes: [String: String]
        let codes: [[Int32]]
        let stream_tokens: StreamTokens

        var recording: AudioChunk {
            get throws { try AudioChunk(contentsOfWAV: Fixture.examples.appending(path: "Audio/\(question_wav)")) }
        }

        func text(_ mode: ReplyMode) -> String? {
            modes[mode == .speechToSpeechBatch ? "BATCH" : mode.rawValue.uppercased()]
        }
    }

    static let directory = Fixture.examples.appending(path: "Models/nano")

    /// The first id that is no text.
    private let firstSpecialToken: Int32 = 704

    @Test(arguments: Engine.allCases) func answersAllQuestionsInAllModes(_ engine: Engine) async throws {
        let omni = try await MiniOmni.load(from: Self.directory, engine: engine.value)
        let session = omni.makeSession()
        let samples = try Fixture.json("nano/index.json", as: [Sample].self)
        #expect(samples.count == 10)
        // The scalar engine is the oracle, not a racer: one question is enough for it.
        for sample in samples.prefix(engine == .reference ? 1 : 10) {
            for mode in ReplyMode.allCases {
                let reply =
                    mode.listens
                    ? try await session.answer(to: sample.recording, mode: mode)
                    : try await session.answer(to: sample.question, mode: mode)
                #expect(reply.text == sample.text(mode), "\(sample.question) \(mode)")
                #expect(reply.metrics.ending == .completed)
                guard mode == .speechToSpeech else { continue }
                #expect(Array(reply.tokens.prefix(7)) == sample.stream_tokens.audio, "\(sample.question)")
                let text = reply.tokens.last?.prefix { $0 < firstSpecialToken }
                #expect(text.map(Array.init) == sample.stream_tokens.text, "\(sample.question)")
                // The audio is that of the codes, one frame of 2048 samples for each coarse one.
                #expect(reply.audio?.samples.count == 2048 * sample.codes[0].count)
            }
        }
    }

    /// Text and audio are interleaved: the first audio comes before the last text.
    @Test func theReplyStartsBeforeItIsKnown() async throws {
        let omni = try await MiniOmni.load(from: Self.directory)
        let samples = try Fixture.json("nano/index.json", as: [Sample].self)
        // A long reply: the first audio needs three frames, so that the text of a short one is known by then.
        let sample = try #require(samples.max { $0.stream_tokens.text.count < $1.stream_tokens.text.count })
        var kinds = ""
        for try await event in omni.makeSession().respond(to: try sample.recording) {
            switch event {
            case .started: kinds += "("
            case .text: kinds += "t"
            case .audio: kinds += "a"
            case .warning: kinds += "?"
            case .finished: kinds += ")"
            }
        }
        #expect(kinds.hasPrefix("(t") && kinds.hasSuffix("a)"))
        #expect(try #require(kinds.firstIndex(of: "a")) < #require(kinds.lastIndex(of: "t")))
    }

    /// The same audio each time that a model is loaded and asked, and other audio with another seed.
    @Test func seededAudioIsReproducible() async throws {
        var replies: [Reply] = []
        for seed: UInt64 in [4, 4, 5] {
            let omni = try await MiniOmni.load(from: Self.directory, noise: .seeded(seed))
            replies.append(try await omni.makeSession().answer(to: "What is your name?"))
        }
        #expect(replies[0].audio == replies[1].audio && replies[0].audio != replies[2].audio)
        #expect(replies.allSatisfy { $0.tokens == replies[0].tokens })
    }

    @Test func aLongQuestionIsCutWithAWarning() async throws {
        let omni = try await MiniOmni.load(from: Self.directory)
        var noise = Noise(seed: 31)
        let question = AudioChunk(noise.floats(31 * 16_000, scale: 0.1), sampleRate: 16_000)
        let reply = try await omni.makeSession().answer(to: question, mode: .transcription)
        // nano listens for 5 s.
        #expect(reply.warnings == [.questionCut(heard: .seconds(5), of: .seconds(31))])
        #expect(reply.metrics.promptLength == 250 + 3)
    }

    @Test func anEmptyWrittenQuestionHasAReply() async throws {
        let omni = try await MiniOmni.load(from: Self.directory)
        for mode in ReplyMode.allCases where !mode.listens {
            #expect(try await omni.makeSession().answer(to: "", mode: mode).metrics.promptLength > 0)
        }
    }

    /// Nothing can be said in less than a tenth of a second: an error, not an invented sentence. At the limit there is
    /// a reply, whatever the rate.
    @Test func aSpokenQuestionThatIsTooShortIsRefused() async throws {
        let omni = try await MiniOmni.load(from: Self.directory)
        for (count, rate) in [(0, 16_000), (1, 16_000), (1599, 16_000), (799, 8_000), (4409, 44_100)] {
            let question = AudioChunk(Array(repeating: 0, count: count), sampleRate: rate)
            let error = AudioInputError.tooShort(question.duration, minimum: .milliseconds(100))
            for mode in ReplyMode.allCases where mode.listens {
                await #expect(throws: error) { try await omni.makeSession().answer(to: question, mode: mode) }
            }
        }
        for (count, rate) in [(1600, 16_000), (800, 8_000), (4410, 44_100)] {
            let question = AudioChunk(Array(repeating: 0, count: count), sampleRate: rate)
            _ = try await omni.makeSession().answer(to: question, mode: .transcription)
        }
    }

    /// Two channels of 8 bits at 11 025 Hz: not what the model was trained on, but still speech.
    @Test func understandsAPoorRecording() async throws {
        let omni = try await MiniOmni.load(from: Self.directory)
        let sample = try #require(try Fixture.json("nano/index.json", as: [Sample].self).first)
        let poor = try sample.recording.resampled(to: 11_025)
        let question = try withTemporaryFolder { folder in
            let file = folder.appending(path: "poor.wav")
            let format = WAVFormat(sampleRate: 11_025, sampleFormat: .unsigned8, channelCount: 2)
            var writer = try WAVWriter(to: file, format: format)
            try writer.write(interleaved: poor.samples.flatMap { [$0, $0] })
            try writer.finish()
            return try AudioChunk(contentsOfWAV: file)
        }
        let reply = try await omni.makeSession().answer(to: question, mode: .transcription)
        #expect(reply.text == sample.question)
    }

    @Test func noNumbersAreRefused() async throws {
        let omni = try await MiniOmni.load(from: Self.directory)
        await #expect(throws: AudioInputError.notFinite(sampleIndex: 0)) {
            try await omni.makeSession().answer(to: AudioChunk([.nan], sampleRate: 16_000))
        }
    }

    /// The encoder of one model and the rest of another, links and all.
    @Test func partsOfDifferentModelsDoNotFit() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["lit_model.pth", "model_config.yaml", "tokenizer.json", "snac", "small.pt"] {
            let source = name == "small.pt" ? Fixture.url("tiny/checkpoint") : Self.directory
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: name), withDestinationURL: source.appending(path: name))
        }
        await #expect(throws: OmniGPTError.wrongFeatureWidth(expected: 384, found: 32)) {
            try await MiniOmni.load(from: folder)
        }
    }

    @Test func severalSessionsShareOneModel() async throws {
        let omni = try await MiniOmni.load(from: Self.directory)
        let samples = try Fixture.json("nano/index.json", as: [Sample].self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sample in samples.prefix(4) {
                group.addTask {
                    let reply = try await omni.makeSession().answer(to: sample.recording, mode: .speechToText)
                    #expect(reply.text == sample.text(.speechToText))
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func aRunningReplyCanBeInterrupted() async throws {
        let session = try await MiniOmni.load(from: Self.directory).makeSession()
        var ending: ReplyEnding?
        var text = ""
        // Little is buffered: on a busy machine the reply could be made before the consumer asks for it.
        let options = ReplyOptions(maximumBufferedAudio: .milliseconds(100))
        for try await event in session.respond(to: "Can you tell me a joke?", options: options) {
            switch event {
            case .text(let delta):
                text += delta
                session.interrupt()
            case .finished(let metrics): ending = metrics.ending
            default: break
            }
        }
        #expect(ending == .interrupted)
        #expect("Why did the robot nap? It was wired.".hasPrefix(text))
        #expect(try await session.answer(to: "What is your name?").text == "My name is Omni.")
    }
}
