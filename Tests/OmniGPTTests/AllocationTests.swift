import CAllocations
import OmniTensor
import OmniTesting
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

    /// Two rows of batch mode, four conversations of it, and one row after its text; passes after the first few, which make
    /// room.
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
            model.read([DecoderSegment(cache, prompt, wantsText: false, wantsAudio: false)], workspace)
        }
        func step() {
            model.read(segments, workspace)
            for cache in caches { cache.rewind(to: 20) }
        }
        for _ in 0..<3 { step() }
        let count = omni_allocation_count()
        for _ in 0..<10 { step() }
        #expect(omni_allocation_count() == count)
    }
}
