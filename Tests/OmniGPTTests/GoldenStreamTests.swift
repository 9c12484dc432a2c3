import OmniCore
import OmniTensor
import TestSupport
import Testing

@testable import OmniGPT

/// Whole answers of the reference, token by token, in all six modes.
@Suite struct GoldenStreamTests {
    @Test func runsAreThere() throws {
        #expect(GoldenRun.all.count == 12)
        #expect(try Set(GoldenRun.all.map { try $0.replyMode }) == Set(ReplyMode.allCases))
    }

    @Test(arguments: GoldenRun.all)
    func prompt(_ run: GoldenRun) throws {
        let layout = try GoldenModel.load(.reference).configuration.vocabulary
        let special = try SpecialTokens(layout)
        let golden = try #require(GoldenPrompt.all[run.id])
        let mode = try run.replyMode
        let prompt =
            switch try run.question() {
            case .speech(let features): Prompt(featureCount: features.shape[0], mode: mode, special)
            case .text(let tokens): Prompt(text: tokens, mode: mode, special)
            }
        #expect(prompt.positions == golden.positions(row: 0, layout))
        if mode == .speechToSpeechBatch {
            let second = prompt.positions.dropLast() + [Prompt.lastPositionOfTextRow(special)]
            #expect(Array(second) == golden.positions(row: 1, layout))
        }
    }

    @Test(arguments: GoldenRun.all, Engine.allCases)
    func tokens(_ run: GoldenRun, engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        let generation = try model.makeGeneration(
            answering: run.question(), mode: run.replyMode, options: GenerationOptions(maximumStepCount: 64))
        var text: [Int32] = []
        var frameCount = 0
        while let step = generation.next() {
            if let token = step.text { text.append(token.rawValue) }
            if step.frame != nil { frameCount += 1 }
        }
        #expect(generation.chosenTokens == run.tokens)
        #expect(generation.reachedLimit == (run.stoppedBy == "cap"))
        let special = try SpecialTokens(model.configuration.vocabulary)
        #expect(text == run.tokens[7].filter { $0 != special.textEnd && $0 != special.textPad })
        #expect(frameCount == max(run.tokens[0].count - 7, 0))
    }

    struct Streamed: Decodable {
        let src: String
        let tokens: [[Int32]]
        let n_steps: Int
        let max_returned_tokens: Int
    }

    /// The reference's streaming run is limited by positions, not by steps.
    @Test(arguments: Engine.allCases)
    func streamingRun(engine: Engine) throws {
        let runs = try Fixture.json("tiny/stream.json", as: [String: Streamed].self)
        #expect(runs.count == 4)
        let model = try GoldenModel.load(engine)
        for run in runs.values {
            let generation = try model.makeGeneration(
                answering: .speech(GoldenModel.features(run.src)), mode: .speechToSpeechBatch,
                options: GenerationOptions(maximumPositionCount: run.max_returned_tokens))
            while generation.next() != nil {}
            #expect(generation.chosenTokens == run.tokens)
            #expect(generation.chosenTokens[7].count == run.n_steps)
        }
    }
}
