import OmniCore
import OmniVAD
import TestSupport
import Testing

/// Collecting speech and finding the way back, against the reference.
@Suite struct SpeechTimestampsMapTests {
    @Test func collectsWhatTheReferenceCollects() throws {
        let audio = try Fixture.audio("vad/vad_20s_16k.wav")
        let cases = try ReferenceTimestamps.read().mini_omni_20s
        #expect(cases.count == 9)
        for test in cases {
            let collected = audio.collecting(test.segments)
            #expect(collected.samples.count == test.collected_samples)
            let sum = collected.samples.reduce(0) { $0 + Double($1) }
            let absoluteSum = collected.samples.reduce(0) { $0 + Double(abs($1)) }
            #expect(try abs(sum - #require(test.collected_sum)) < 1e-2)
            #expect(try abs(absoluteSum - #require(test.collected_abs_sum)) < 1e-2)
        }
    }

    @Test func restoresInstants() throws {
        let cases = try ReferenceTimestamps.read().mini_omni_20s
        try #require(!cases.isEmpty)
        for test in cases {
            let expected = try #require(test.map)
            let map = SpeechTimestampsMap(test.segments, sampleRate: 16_000)
            #expect(map.chunkEnds == expected.chunk_end_sample)
            #expect(map.silentSamplesBefore.map { Double($0) / 16_000 } == expected.total_silence_before)
            for query in expected.queries {
                #expect(map.segmentIndex(at: query.t) == query.chunk)
                #expect(map.originalTime(of: query.t) == query.original)
                #expect(map.originalTime(of: query.t, segmentIndex: query.chunk) == query.original)
            }
        }
    }

    @Test func withoutSegmentsThereIsNoWayBack() {
        let map = SpeechTimestampsMap([], sampleRate: 16_000)
        #expect(map.originalTime(of: 1) == nil)
        #expect(map.originalTime(of: 1, segmentIndex: 3) == nil)
        let one = SpeechTimestampsMap([SpeechSegment(5..<10)], sampleRate: 16_000)
        #expect(one.originalTime(of: .nan) == nil)
        #expect(one.originalTime(of: .infinity) == nil)
        #expect(AudioChunk([1, 2], sampleRate: 16_000).collecting([]).samples == [])
        #expect(AudioChunk([1, 2], sampleRate: 16_000).collecting([SpeechSegment(1..<9)]).samples == [2])
    }
}
