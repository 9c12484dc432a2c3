import OmniTesting
import OmniVAD
import TestSupport
import Testing

@Suite struct SpeechSegmenterTests {
    private struct Case: Decodable {
        var options: ReferenceOptions
        var audio_length: Int
        var probs: [Double]
        var timestamps: [ReferenceSegment]
        var silero_v6_timestamps: [ReferenceSegment]?
    }

    @Test func equalsTheReferenceOnRandomProbabilities() throws {
        let cases: [Case] = try Fixture.json("vad/vad_state_machine.json")
        #expect(cases.count == 80)
        for (index, test) in cases.enumerated() {
            let probabilities = test.probs.map { Float($0) }
            let window = test.options.window_size_samples ?? 1024
            let found = SpeechSegmenter.segments(
                of: probabilities, sampleCount: test.audio_length, test.options.over(.miniOmni),
                windowSampleCount: window, sampleRate: 16_000)
            #expect(found == test.timestamps.map(\.segment), "case \(index)")
            guard let expected = test.silero_v6_timestamps else { continue }
            let six = SpeechSegmenter.segments(
                of: probabilities, sampleCount: test.audio_length, test.options.over(.silero),
                windowSampleCount: window, sampleRate: 16_000)
            #expect(six == expected.map(\.segment), "case \(index), version 6")
        }
    }

    /// One letter for each window of 10 ms: `S` speech, `.` silence, `-` neither. Padding 20 ms, silence 40 ms, speech
    /// more than 20 ms; what comes out: `[` and `]` when speech begins and ends, `x` when it was too short.
    private func events(_ line: String) -> String {
        let options = SpeechTimestampOptions(
            threshold: 0.5, minimumSpeech: .milliseconds(20), minimumSilence: .milliseconds(40),
            padding: .milliseconds(20), cut: .latestSilence)
        var machine = SpeechSegmenter(options, windowSampleCount: 80, sampleRate: 8000)
        var seen = ""
        for letter in line {
            var mark: Character = "."
            for event in machine.push(letter == "S" ? 0.9 : letter == "-" ? 0.4 : 0.1) {
                switch event {
                case .began: mark = "["
                case .ended: mark = "]"
                case .discarded: mark = "x"
                case .segment: break
                }
            }
            seen.append(mark)
        }
        return seen
    }

    @Test(arguments: [
        ("....SSSSSS......", "....[.........]."),
        // A pause shorter than 40 ms does not end speech.
        ("..SSS..SSS......", "..[...........]."),
        // Not longer than 20 ms is too short.
        ("...SS......", "...[.....x."),
        // Neither speech nor silence: speech goes on.
        ("..SSS---------..", "..[............."),
        // Silence began with the first window below, whatever came between; only such a window ends it.
        ("..SSS--.--.-.---", "..[.........]..."),
    ])
    func timelines(_ probabilities: String, _ expected: String) {
        let found = events(probabilities)
        #expect(found == expected)
    }

    @Test func segmentsComeAsSoonAsNothingCanChangeThem() {
        let options = SpeechTimestampOptions(
            threshold: 0.5, minimumSpeech: .zero, minimumSilence: .milliseconds(20), padding: .milliseconds(40),
            cut: .latestSilence)
        var machine = SpeechSegmenter(options, windowSampleCount: 80, sampleRate: 8000)
        var settled: [Int: SpeechSegment] = [:]
        for (window, letter) in "....SSSS........SS....SS".enumerated() {
            for case .segment(let segment) in machine.push(letter == "S" ? 1 : 0) { settled[window] = segment }
        }
        // 80 ms after speech at the latest: no later speech can claim a part of the padding.
        #expect(settled == [15: SpeechSegment(0..<960)])
        // Speech 40 ms apart shares the silence.
        let rest = machine.finish()
        let segments = rest.compactMap { if case .segment(let segment) = $0 { segment } else { nil } }
        #expect(segments == [SpeechSegment(960..<1600), SpeechSegment(1600..<1920)])
    }

    @Test func wholeEqualsStreamWhateverThePadding() {
        var noise = Noise(seed: 7)
        for padding in [0, 30, 400] {
            for cut in [SpeechTimestampOptions.Cut.latestSilence, .longestSilence] {
                var options = SpeechTimestampOptions.silero
                options.padding = .milliseconds(padding)
                options.maximumSpeech = .seconds(3)
                options.cut = cut
                var level: Float = 0
                let probabilities = noise.floats(4000).map { step in
                    level = max(0, min(1, level + step * 0.3))
                    return level
                }
                let whole = SpeechSegmenter.segments(
                    of: probabilities, sampleCount: 4000 * 512 - 100, options, windowSampleCount: 512,
                    sampleRate: 16_000)
                #expect(whole.count > 20)
                // In order, and apart.
                for (a, b) in zip(whole, whole.dropFirst()) { #expect(a.end <= b.start) }
                // What was settled early is not taken back when the recording ends anywhere later.
                var machine = SpeechSegmenter(options, windowSampleCount: 512, sampleRate: 16_000)
                var settled: [SpeechSegment] = []
                for (index, probability) in probabilities.enumerated() {
                    for case .segment(let segment) in machine.push(probability) { settled.append(segment) }
                    guard index % 97 == 0 else { continue }
                    let shorter = SpeechSegmenter.segments(
                        of: probabilities[...index], sampleCount: index * 512 + 1, options, windowSampleCount: 512,
                        sampleRate: 16_000)
                    #expect(Array(shorter.prefix(settled.count)) == settled)
                }
                #expect(Array(whole.prefix(settled.count)) == settled)
            }
        }
    }

    @Test func aProbabilityThatIsNoNumberIsNeitherSpeechNorSilence() {
        var machine = SpeechSegmenter(.silero, windowSampleCount: 512, sampleRate: 16_000)
        #expect(machine.push(.nan).isEmpty)
        #expect(machine.push(1) == [.began(sample: 32)])
        for _ in 0..<50 { #expect(machine.push(.nan).isEmpty) }
        #expect(machine.isInSpeech)
    }

    @Test func nothingComesOfNothing() {
        #expect(
            SpeechSegmenter.segments(
                of: [Float](), sampleCount: 0, .miniOmni, windowSampleCount: 512, sampleRate: 16_000) == [])
    }
}
