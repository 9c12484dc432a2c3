import CAllocations
import OmniCore
import OmniTensor
import TestSupport
import Testing

@testable import OmniGPT

/// A decoding step asks for no memory.
@Suite(.enabled(if: omni_counts_allocations())) struct AllocationTests {
    /// Otherwise nothing below could fail.
    @Test func theCounterCounts() {
        let count = omni_allocation_count()
        let array = Array(repeating: count, count: 1000)
        #expect(array.allSatisfy { $0 == count } && omni_allocation_count() > count)
    }

    /// Two rows of batch mode, four conversations of it, and one row after its text; passes after the first few, which
    /// make room.
    @Test(arguments: WeightPrecision.all, [1, 2, 8]) func aPassAllocatesNothing(
        _ precision: WeightPrecision, sequenceCount: Int
    ) throws {
        let model = try OmniGPT.load(
            weights: Fixture.url("tiny/checkpoint/lit_model.pth"),
            configuration: Fixture.url("tiny/checkpoint/model_config.yaml"), engine: NativeEngine.forTests,
            precision: precision)
        let workspace = model.makeWorkspace()
        let position = PositionTokens(audio: 1, text: 1)
        let caches = (0..<sequenceCount).map { _ in model.makeCache() }
        let segments = caches.enumerated().map { index, cache in
            DecoderSegment(cache, [position], wantsText: index % 2 == 1, wantsAudio: index % 2 == 0)
        }
        for cache in caches {
            let prompt = Array(repeating: position, count: 20)
            model.forward([DecoderSegment(cache, prompt, wantsText: false, wantsAudio: false)], workspace)
        }
        func step() {
            model.forward(segments, workspace)
            for cache in caches { cache.rewind(to: 20) }
        }
        for _ in 0..<3 { step() }
        let count = omni_allocation_count()
        for _ in 0..<10 { step() }
        #expect(omni_allocation_count() == count)
    }

    /// A step of a reply, from its last tokens to its next ones. Caches and lists of tokens grow by a part of what
    /// they are, so all but few steps ask for nothing.
    @Test(arguments: [ReplyMode.speechToSpeech, .speechToSpeechBatch, .textToText])
    func aStepOfAnAnswerSeldomAllocates(mode: ReplyMode) throws {
        let generation = try Self.generation(mode)
        var counts: [Int] = []
        counts.reserveCapacity(200)
        while true {
            let count = omni_allocation_count()
            guard generation.next() != nil else { break }
            counts.append(Int(omni_allocation_count() - count))
        }
        // The delay pattern is full, so that a step makes a frame as well.
        let later = counts.dropFirst(7)
        #expect(later.count > 2 && later.count { $0 == 0 } >= later.count * 3 / 4, "\(counts)")
    }

    /// Of several replies at once: lists of the sequences that take part, nothing of the model's size.
    @Test func aStepOfSeveralAnswersAsksForLittle() throws {
        let generations = try (0..<4).map { _ in try Self.generation(.speechToSpeechBatch) }
        let model = try Self.model()
        for _ in 0..<8 { _ = model.step(generations) }
        var byteCounts: [Int] = []
        byteCounts.reserveCapacity(200)
        while true {
            let byteCount = omni_allocated_byte_count()
            guard model.step(generations).allSatisfy({ $0 != nil }) else { break }
            byteCounts.append(Int(omni_allocated_byte_count() - byteCount))
        }
        let few = byteCounts.sorted()
        #expect(few.count > 8 && few[few.count / 2] < 4096, "\(byteCounts)")
    }

    private static func model() throws -> OmniGPT { try GoldenModel.load(.kernels(.best)) }

    private static func generation(_ mode: ReplyMode) throws -> OmniGeneration {
        let model = try model()
        let question: Question<Tensor<Float>> =
            try mode.listens ? .speech(GoldenModel.features("q_short_16k")) : .text([TokenID(54), TokenID(71)])
        let generation = try model.makeGeneration(
            answering: question, mode: mode, options: GenerationOptions(maximumStepCount: 64))
        while generation.prefillChunk() {}
        return generation
    }
}
