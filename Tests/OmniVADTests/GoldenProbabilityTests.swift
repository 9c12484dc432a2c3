import OmniCore
import OmniTensor
import OmniVAD
import TestSupport
import Testing

/// The reference's timestamps from the probabilities that onnxruntime gave for the published files, so that every
/// option set is checked without them.
@Suite struct GoldenProbabilityTests {
    private let sampleCount = 320_000

    private func probabilities(_ name: String) throws -> [Float] {
        try Checkpoint(contentsOf: Fixture.url("vad/probs.safetensors")).floats("\(name).probs").scalars
    }

    @Test func theRecordingIsTheReferences() throws {
        #expect(try Fixture.audio("vad/vad_20s_16k.wav").samples.count == sampleCount)
    }

    @Test func findsTheSpeechThatMiniOmniFinds() throws {
        let cases = try ReferenceTimestamps.read().mini_omni_20s
        #expect(cases.count == 9)
        for (index, test) in cases.enumerated() {
            let window = test.options.window_size_samples ?? 1024
            let found = SpeechSegmenter.segments(
                of: try probabilities("v4.w\(window)"), sampleCount: sampleCount, test.options.over(.miniOmni),
                windowSampleCount: window, sampleRate: 16_000)
            #expect(found == test.segments, "case \(index)")
        }
    }

    /// Prefixes that end with a window; where one is filled up, its probability is another.
    @Test func findsTheSpeechInPrefixes() throws {
        let all = try probabilities("v4.w1024")
        var prefixCount = 0
        for prefix in try ReferenceTimestamps.read().mini_omni_default_on_prefixes where prefix.n % 1024 == 0 {
            let found = SpeechSegmenter.segments(
                of: all.prefix(prefix.n / 1024), sampleCount: prefix.n, .miniOmni, windowSampleCount: 1024,
                sampleRate: 16_000)
            #expect(found == prefix.timestamps.map(\.segment), "\(prefix.n) samples")
            prefixCount += 1
        }
        #expect(prefixCount > 0)
    }

    @Test func findsTheSpeechThatVersionSixFinds() throws {
        let cases = try ReferenceTimestamps.read().silero_v6_20s
        try #require(!cases.isEmpty)
        for (index, test) in cases.enumerated() {
            let rate = test.options.sampling_rate ?? 16_000
            let count = sampleCount * rate / 16_000
            let found = SpeechSegmenter.segments(
                of: try probabilities("v6.sr\(rate)"), sampleCount: count, test.options.over(.silero),
                windowSampleCount: rate * 32 / 1000, sampleRate: rate)
            guard test.options.return_seconds == true else {
                #expect(found == test.segments, "case \(index)")
                continue
            }
            let seconds = found.map {
                let range = $0.seconds(
                    sampleRate: rate, fractionDigitCount: test.options.time_resolution ?? 1,
                    duration: Double(count) / Double(rate))
                return ReferenceSegment(start: range.lowerBound, end: range.upperBound)
            }
            #expect(seconds == test.timestamps, "case \(index)")
        }
    }

    @Test func tellsBeginningsAndEndsWhenTheIteratorDoes() throws {
        var options = SpeechTimestampOptions.silero
        options.minimumSpeech = .zero
        var machine = SpeechSegmenter(options, windowSampleCount: 512, sampleRate: 16_000)
        var found: [[Int]] = []
        for (window, probability) in try probabilities("v6.sr16000").enumerated() {
            for event in machine.push(probability) {
                switch event {
                case .began(let sample): found.append([window, 0, sample])
                case .ended(let sample), .discarded(let sample): found.append([window, 1, sample])
                case .segment: break
                }
            }
        }
        let expected = try ReferenceTimestamps.read().silero_v6_VADIterator.map { event in
            [event.window, event.start == nil ? 1 : 0, event.start ?? event.end ?? -1]
        }
        #expect(!expected.isEmpty)
        #expect(found == expected)
    }
}
