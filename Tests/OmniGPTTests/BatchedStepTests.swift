import OmniCore
import OmniTensor
import TestSupport
import Testing

@testable import OmniGPT

/// Steps of several answers in one pass: each goes on as it would alone.
@Suite struct BatchedStepTests {
    /// All golden runs at once, all modes among them. One more joins before every third step; each leaves at its end.
    @Test(arguments: Engine.allCases)
    func goldenRunsTogether(engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        var waiting = GoldenRun.all[...]
        var running: [(run: GoldenRun, generation: OmniGeneration)] = []
        var endedCount = 0
        for step in 0... {
            if step.isMultiple(of: 3), let run = waiting.popFirst() {
                let generation = try model.makeGeneration(
                    answering: run.question(), mode: run.replyMode, options: GenerationOptions(maximumStepCount: 64))
                running.append((run, generation))
            }
            let steps = model.step(running.map(\.generation))
            for (entry, step) in zip(running, steps) where step == nil {
                #expect(entry.generation.chosenTokens == entry.run.tokens, "\(entry.run)")
                #expect(entry.generation.reachedLimit == (entry.run.stoppedBy == "cap"))
                endedCount += 1
            }
            running = zip(running, steps).filter { $1 != nil }.map(\.0)
            if running.isEmpty, waiting.isEmpty { break }
        }
        #expect(endedCount == GoldenRun.all.count)
    }

    /// Answers drawn by samplers of their own, at places of their own, against the same drawn alone.
    @Test(arguments: Engine.allCases)
    func samplersArePrivate(engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        func generations() throws -> [OmniGeneration] {
            try ReplyMode.allCases.enumerated().map { index, mode in
                let question: Question<Tensor<Float>> =
                    try mode.listens ? .speech(GoldenModel.features("q_short_16k")) : .text([TokenID(54), TokenID(71)])
                return try model.makeGeneration(
                    answering: question, mode: mode,
                    options: GenerationOptions(
                        topK: 5, temperature: 1.2, maximumStepCount: 12 + index, seed: UInt64(index)))
            }
        }
        let (together, alone) = (try generations(), try generations())
        for (index, generation) in together.enumerated() {
            // Every reply is at another position.
            for _ in 0..<index { #expect(generation.next() != nil) }
        }
        var running = together
        while !running.isEmpty { running = zip(running, model.step(running)).filter { $1 != nil }.map(\.0) }
        for (found, expected) in zip(together, alone) {
            while expected.next() != nil {}
            #expect(found.chosenTokens == expected.chosenTokens)
        }
    }

    /// Questions read block by block between the steps of others, and one left for its first step to read.
    @Test(arguments: Engine.allCases)
    func questionsAreReadBitByBit(engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        let (speaking, text) = (GoldenRun.all[0], GoldenRun.all[GoldenRun.all.count - 1])
        let options = GenerationOptions(maximumStepCount: 64)
        let first = try model.makeGeneration(answering: speaking.question(), mode: speaking.replyMode, options: options)
        let second = try model.makeGeneration(answering: text.question(), mode: text.replyMode, options: options)
        let third = try model.makeGeneration(
            answering: speaking.question(), mode: speaking.replyMode, options: options)
        var partCount = 1
        while second.prefillChunk() {
            partCount += 1
            _ = model.step([first])
        }
        #expect(partCount >= model.configuration.layerCount)
        while model.step([first, second, third]).contains(where: { $0 != nil }) {}
        #expect(first.chosenTokens == speaking.tokens && third.chosenTokens == speaking.tokens)
        #expect(second.chosenTokens == text.tokens)
    }

    @Test func anEmptyBatchTakesNoStep() throws {
        #expect(try GoldenModel.load(.blas).step([OmniGeneration]()).isEmpty)
    }
}
