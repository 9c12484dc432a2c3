import OmniCore
import OmniTensor
import TestSupport
import Testing

@testable import OmniGPT

/// Limits, reproducibility, and questions that cannot be answered.
@Suite struct GenerationTests {
    private func model() throws -> OmniGPT { try GoldenModel.load(.blas) }
    private let text = Question<Tensor<Float>>.text([54, 71, 309].map { TokenID($0) })
    private func speech(_ shape: Shape = [4, 32]) -> Question<Tensor<Float>> { .speech(Tensor(zeros: shape)) }

    private func question(for mode: ReplyMode) throws -> Question<Tensor<Float>> {
        try mode.listens ? .speech(GoldenModel.features("q_short_16k")) : text
    }

    private func run(_ mode: ReplyMode, _ options: GenerationOptions) throws -> OmniGeneration {
        let generation = try model().makeGeneration(answering: question(for: mode), mode: mode, options: options)
        while generation.next() != nil {}
        // Over is over.
        #expect(generation.next() == nil)
        return generation
    }

    @Test(arguments: ReplyMode.allCases)
    func stepsAreLimited(mode: ReplyMode) throws {
        let long = try run(mode, GenerationOptions(maximumStepCount: 8))
        #expect(long.chosenTokens[7].count == 8 && long.reachedLimit)
        #expect(long.chosenTokens[0].count == (mode.speaks ? 8 : 0))
        for count in [0, 1, 5] {
            let short = try run(mode, GenerationOptions(maximumStepCount: count))
            #expect(short.chosenTokens == long.chosenTokens.map { Array($0.prefix(count)) })
            #expect(short.reachedLimit)
        }
    }

    /// Positions count the prompt; the context is a limit of its own.
    @Test(arguments: ReplyMode.allCases)
    func positionsAreLimited(mode: ReplyMode) throws {
        let promptLength = try run(mode, GenerationOptions(maximumStepCount: 0)).promptLength
        let generation = try run(mode, GenerationOptions(maximumPositionCount: promptLength + 3))
        #expect(generation.chosenTokens[7].count == 3 && generation.reachedLimit)
        for limit in [promptLength, promptLength - 1, 1, 0, -1, .min] {
            #expect(
                throws: OmniGPTError.promptTooLong(positionCount: promptLength, maximumPositionCount: limit)
            ) {
                try run(mode, GenerationOptions(maximumPositionCount: limit))
            }
        }
    }

    @Test func theContextIsALimit() throws {
        let context = try model().configuration.contextLength
        #expect(context == 2_048)
        #expect(throws: OmniGPTError.promptTooLong(positionCount: context, maximumPositionCount: context)) {
            try model().makeGeneration(
                answering: speech([context - 3, 32]), mode: .speechToText,
                options: GenerationOptions(maximumPositionCount: .max))
        }
        let generation = try model().makeGeneration(
            answering: speech([context - 5, 32]), mode: .speechToSpeech,
            options: GenerationOptions(maximumPositionCount: .max))
        while generation.next() != nil {}
        #expect(generation.chosenTokens[7].count == 2 && generation.reachedLimit)
    }

    @Test(arguments: ReplyMode.allCases)
    func equalSeedsGiveEqualAnswers(mode: ReplyMode) throws {
        func tokens(seed: UInt64) throws -> [[Int32]] {
            let options = GenerationOptions(topK: nil, temperature: 1.5, topP: 0.9, maximumStepCount: 10, seed: seed)
            return try run(mode, options).chosenTokens
        }
        #expect(try tokens(seed: 1) == tokens(seed: 1))
        #expect(try tokens(seed: 1) != tokens(seed: 2))
    }

    /// Features of no rows are what the reference makes a prompt of, too.
    @Test func emptyQuestions() throws {
        for mode in ReplyMode.allCases {
            let generation = try model().makeGeneration(
                answering: mode.listens ? speech([0, 32]) : .text([]), mode: mode,
                options: GenerationOptions(maximumStepCount: 2))
            #expect(generation.promptLength == 3)
            #expect(generation.next() != nil)
        }
    }

    @Test(arguments: ReplyMode.allCases)
    func questionsOfTheOtherKind(mode: ReplyMode) {
        #expect(throws: OmniGPTError.questionDoesNotFit(mode: mode)) {
            try model().makeGeneration(
                answering: mode.listens ? text : speech(), mode: mode, options: GenerationOptions())
        }
    }

    @Test(arguments: [-1, 512, .max, .min] as [Int32])
    func tokensOutsideTheVocabulary(id: Int32) {
        let token = TokenID(rawValue: id)
        #expect(throws: OmniGPTError.tokenOutOfRange(token, vocabularyCount: 512)) {
            try model().makeGeneration(
                answering: .text([TokenID(1), token]), mode: .textToText, options: GenerationOptions())
        }
    }

    @Test(arguments: [[4, 31], [4, 33], [4], [], [2, 2, 32], [4, 0]] as [Shape])
    func featuresOfAnotherWidth(shape: Shape) {
        #expect {
            try model().makeGeneration(answering: speech(shape), mode: .speechToText, options: GenerationOptions())
        } throws: { error in
            guard case .wrongFeatureWidth(32, _)? = error as? OmniGPTError else { return false }
            return true
        }
    }

    @Test func featuresThatAreNoNumbers() throws {
        for value in [Float.nan, .infinity, .greatestFiniteMagnitude] {
            let generation = try model().makeGeneration(
                answering: .speech(Tensor(repeating: value, shape: [3, 32])), mode: .speechToSpeechBatch,
                options: GenerationOptions(topK: 4, topP: 0.9, maximumStepCount: 12))
            while generation.next() != nil {}
            #expect(generation.chosenTokens[7].count <= 12)
        }
    }

    @Test func modelsWithoutSpecialTokens() throws {
        let folder = "tiny/gpt_variants/tied/"
        let model = try OmniGPT.load(
            weights: Fixture.url(folder + "lit_model.pth"), configuration: Fixture.url(folder + "model_config.yaml"))
        #expect(throws: OmniGPTError.noSpecialTokens(textVocabularyCount: 24, audioVocabularyCount: 8)) {
            try model.makeGeneration(answering: .text([]), mode: .textToText, options: GenerationOptions())
        }
    }
}
