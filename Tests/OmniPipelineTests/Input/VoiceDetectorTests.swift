import OmniCore
import Testing

@testable import OmniPipeline

@Suite struct VoiceDetectorTests {
    /// A model whose state, once it has overflowed, gives nothing but NaN.
    private struct Overflowing: VoiceActivityModel {
        let sampleRate = 16_000
        let windowSampleCount = 1

        func makeState() -> Float { 0 }

        func speechProbability(in window: Span<Float>, state: inout Float) -> Float {
            state += window[0] * .greatestFiniteMagnitude
            return state.isFinite ? window[0] : .nan
        }
    }

    @Test func aStateThatOverflowsIsReplaced() {
        var detector = VoiceDetector(Overflowing())
        #expect(detector.push([0.5]) == 0.5)
        #expect(detector.push([0.75]) == 0)
        #expect(detector.push([0.5]) == 0.5)
    }
}
