import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniWhisper

/// One window at a time, against openai-whisper.
@Suite struct DecodingTests {
    private let golden: GoldenTranscription
    private let vocabulary: WhisperVocabulary

    init() throws {
        golden = try GoldenTranscription.stored.get()
        vocabulary = try GoldenTranscription.vocabulary()
    }

    private func expectSame(
        _ found: DecodingResult, _ expected: GoldenTranscription.Decoding, _ comment: Comment
    ) {
        #expect(found.tokens.map { Int($0.rawValue) } == expected.tokens, comment)
        #expect(found.text == expected.text, comment)
        #expect(found.language.code == expected.language, comment)
        #expect(abs(found.averageLogProbability - expected.averageLogProbability) < 1e-3, comment)
        #expect(abs(Double(found.noSpeechProbability) - expected.noSpeechProbability) < 1e-5, comment)
        #expect(abs(found.compressionRatio - expected.compressionRatio) < 1e-12, comment)
    }

    @Test(arguments: Engine.allCases) func logitsAreTheReferences(_ engine: Engine) throws {
        let model = try GoldenTranscription.model(engine)
        let audio = try model.decoder.makeCrossAttention(to: GoldenTranscription.features(golden.logits.audio, model))
        var scratch = DecoderScratch()
        // At once, and one after another from the cache.
        var whole = model.decoder.makeCache(rowCount: 1)
        let tokens = golden.logits.tokens
        model.decoder.forward([tokens], &whole, audio: [audio], logitsAt: Array(tokens.indices), &scratch)
        let atOnce = scratch.logits
        var stepwise = model.decoder.makeCache(rowCount: 1)
        for (position, token) in tokens.enumerated() {
            model.decoder.forward([[token]], &stepwise, audio: [audio], logitsAt: [0], &scratch)
            for (place, expected) in golden.logits.values[position].enumerated() {
                #expect(abs(atOnce.span[position * atOnce.width + 37 * place] - expected) < 2e-3)
                #expect(abs(scratch.logits.span[37 * place] - expected) < 2e-3)
            }
        }
    }

    @Test(arguments: [Engine.blas, .native], GoldenTranscription.audioNames)
    func tokensAreTheReferences(_ engine: Engine, _ name: String) throws {
        let model = try GoldenTranscription.model(engine)
        let audio = try model.decoder.makeCrossAttention(to: GoldenTranscription.features(name, model))
        let cases = golden.decodings.filter { $0.audio == name }
        #expect(cases.count == 12)
        for expected in cases {
            let options = try #require(expected.options)
            let found = try model.decode([audio], vocabulary, options.decoding(vocabulary))
            expectSame(found[0], expected, "\(options)")
        }
    }

    /// The oracle computes everything in double precision, slowly.
    @Test func theScalarEngineWritesTheReferencesTokens() throws {
        let model = try GoldenTranscription.model(.reference)
        let name = "q_weather_16k.wav"
        let features = try GoldenTranscription.features(name, GoldenTranscription.model(.native))
        let audio = model.decoder.makeCrossAttention(to: features)
        for expected in golden.decodings where expected.audio == name {
            let options = try #require(expected.options)
            expectSame(try model.decode([audio], vocabulary, options.decoding(vocabulary))[0], expected, "\(options)")
        }
    }

    @Test func aBatchGivesWhatItsUtterancesGiveAlone() throws {
        let model = try GoldenTranscription.model(.native)
        let found = try batch(model, DecodingOptions())
        for index in found.indices { expectSame(found[index], golden.batch.results[index], "utterance \(index)") }
        try expectAlone(found, model, DecodingOptions())
    }

    @Test func aBatchOfBeamSearchesGivesWhatItsUtterancesGiveAlone() throws {
        let model = try GoldenTranscription.model(.native)
        var options = DecodingOptions()
        options.beamCount = 3
        try expectAlone(batch(model, options), model, options)
    }

    private func batch(_ model: Whisper, _ options: DecodingOptions) throws -> [DecodingResult] {
        let audio = try allAudio(model)
        return try model.decode(audio, vocabulary, options)
    }

    private func allAudio(_ model: Whisper) throws -> [CrossAttentionCache] {
        var audio: [CrossAttentionCache] = []
        for name in golden.batch.audio {
            let features = try GoldenTranscription.features(name, model)
            audio.append(model.decoder.makeCrossAttention(to: features))
        }
        return audio
    }

    private func expectAlone(_ found: [DecodingResult], _ model: Whisper, _ options: DecodingOptions) throws {
        #expect(found.count == golden.batch.audio.count)
        for (index, name) in golden.batch.audio.enumerated() {
            let features = try GoldenTranscription.features(name, model)
            let alone = try model.decode([features], vocabulary, options)
            #expect(found[index].tokens == alone[0].tokens)
            #expect(abs(found[index].averageLogProbability - alone[0].averageLogProbability) < 1e-5)
        }
    }

    @Test func languagesAreAsProbableAsForTheReference() throws {
        let model = try GoldenTranscription.model(.native)
        let features = try GoldenTranscription.features(golden.languages.audio, model)
        let found = try model.detectLanguage(of: features, vocabulary)
        #expect(found.count == 5)
        for (language, probability) in found {
            #expect(abs(probability - (golden.languages.probabilities[language.code] ?? -1)) < 1e-5)
        }
    }

    @Test(arguments: [WeightPrecision.bfloat16, .int8])
    func narrowWeightsStayNear(_ precision: WeightPrecision) throws {
        let exact = try GoldenTranscription.model(.native)
        let narrow = try GoldenTranscription.model(.native, precision)
        let features = try GoldenTranscription.features("q_name_16k.wav", exact)
        func logits(_ model: Whisper) -> [Float] {
            var scratch = DecoderScratch()
            var cache = model.decoder.makeCache(rowCount: 1)
            let audio = model.decoder.makeCrossAttention(to: features)
            model.decoder.forward([golden.logits.tokens], &cache, audio: [audio], logitsAt: [5], &scratch)
            return (0..<scratch.logits.count).map { scratch.logits.span[$0] }
        }
        let (found, expected) = (logits(narrow), logits(exact))
        let scale = expected.map(abs).max() ?? 0
        #expect(Tolerance.largestDifference(found, expected) < 0.15 * scale)
        #expect(Tolerance.largestDifference(found, expected) > 0)
    }

    @Test func drawingFollowsTheSeedAndTheTemperature() throws {
        let model = try GoldenTranscription.model(.native)
        let features = try GoldenTranscription.features("q_name_16k.wav", model)
        func write(_ seed: UInt64, _ temperature: Float) throws -> DecodingResult {
            var options = DecodingOptions()
            options.seed = seed
            options.temperature = temperature
            options.bestOf = 3
            return try model.decode([features], vocabulary, options)[0]
        }
        #expect(try write(1, 0.8) == write(1, 0.8))
        #expect(try write(1, 0.8).tokens != write(2, 0.8).tokens)
        // Hardly any temperature is none.
        let greedy = try model.decode([features], vocabulary)[0]
        #expect(try write(1, 1e-4).tokens == greedy.tokens)
    }

    @Test func optionsThatContradictEachOtherAreErrors() throws {
        let model = try GoldenTranscription.model(.native)
        let features = Tensor<Float>(zeros: [1500, 32])
        func expectError(_ change: (inout DecodingOptions) -> Void) {
            var options = DecodingOptions()
            change(&options)
            #expect(throws: WhisperError.self) { try model.decode([features], vocabulary, options) }
        }
        expectError { $0.temperature = -1 }
        expectError { $0.temperature = .nan }
        expectError { ($0.beamCount, $0.bestOf) = (2, 2) }
        expectError { $0.bestOf = 2 }
        expectError { ($0.beamCount, $0.temperature) = (2, 0.5) }
        expectError { $0.beamCount = 0 }
        expectError { $0.patience = 1 }
        expectError { $0.lengthPenalty = 2 }
        expectError { $0.maximumTokenCount = 49 }
        expectError { $0.prompt = [TokenID(1914)] }
        expectError { $0.prefix = Array(repeating: TokenID(1), count: 50) }
        expectError { $0.suppressedTokens = [TokenID(-1)] }
        expectError { $0.maximumInitialTimestamp = -1 }
        expectError { $0.maximumInitialTimestamp = 1e18 }
        // The model has five languages.
        expectError { $0.language = WhisperLanguage("ja") }
    }

    /// A published shape with room for nothing.
    @Test func aContextThatIsTooShortIsAnError() throws {
        var options = DecodingOptions()
        options.maximumTokenCount = 1
        #expect(throws: WhisperError.self) { try options.validate(vocabulary, contextLength: 1) }
    }
}
