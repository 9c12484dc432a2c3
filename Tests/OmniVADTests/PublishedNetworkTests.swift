import Foundation
import OmniCore
import OmniTensor
import OmniTesting
import OmniVAD
import TestSupport
import Testing

/// Silero's published files, which are not in the repository: `OMNI_SILERO_MODELS` names a folder with
/// `silero_vad_v4.onnx`, `silero_vad_v6.onnx` and `silero_vad_v6_16k.safetensors`.
private let models = ProcessInfo.processInfo.environment["OMNI_SILERO_MODELS"]

@Suite(.enabled(if: models != nil)) struct PublishedNetworkTests {
    struct Run: Sendable {
        var file: String
        var sampleRate: Int
        var window: Int
        var golden: String
    }

    static let runs = [
        Run(file: "silero_vad_v4.onnx", sampleRate: 16_000, window: 512, golden: "v4.w512"),
        Run(file: "silero_vad_v4.onnx", sampleRate: 16_000, window: 1024, golden: "v4.w1024"),
        Run(file: "silero_vad_v4.onnx", sampleRate: 16_000, window: 1536, golden: "v4.w1536"),
        Run(file: "silero_vad_v4.onnx", sampleRate: 8000, window: 512, golden: "v4.sr8000.w512"),
        Run(file: "silero_vad_v6.onnx", sampleRate: 16_000, window: 512, golden: "v6.sr16000"),
        Run(file: "silero_vad_v6.onnx", sampleRate: 8000, window: 256, golden: "v6.sr8000"),
    ]

    static func load(_ run: Run, _ engine: Engine = .blas) throws -> SileroVAD {
        let file = URL(filePath: models ?? "").appending(path: run.file)
        return try SileroVAD.load(
            from: file, sampleRate: run.sampleRate, windowSampleCount: run.window, engine: engine.value)
    }

    /// 8 kHz is every other sample.
    static func audio(_ sampleRate: Int) throws -> AudioChunk {
        let samples = try Fixture.audio("vad/vad_20s_16k.wav").samples
        let step = 16_000 / sampleRate
        return AudioChunk(stride(from: 0, to: samples.count, by: step).map { samples[$0] }, sampleRate: sampleRate)
    }

    @Test(arguments: runs, Engine.allCases)
    func equalsOnnxruntime(_ run: Run, _ engine: Engine) throws {
        let golden = try Checkpoint(contentsOf: Fixture.url("vad/probs.safetensors"))
        let model = try Self.load(run, engine)
        let found = try model.probabilities(of: Self.audio(run.sampleRate))
        let expected = try golden.floats("\(run.golden).probs").scalars
        #expect(Tolerance.largestDifference(found, expected) < 1e-4)
    }

    /// The safetensors file holds other weights than the ONNX file: its golden numbers come from that file with these
    /// weights put in.
    @Test(arguments: Engine.allCases) func readsSafetensors(_ engine: Engine) throws {
        let run = Run(file: "silero_vad_v6_16k.safetensors", sampleRate: 16_000, window: 512, golden: "")
        let found = try Self.load(run, engine).probabilities(of: Self.audio(16_000))
        let expected: [Float] = try Fixture.json("vad/v6_safetensors_probs.json")
        #expect(Tolerance.largestDifference(found, expected) < 1e-4)
    }

    /// The state after each of the first three windows and after the last. At 8 kHz none was stored for version 4.
    @Test(arguments: runs.filter { $0.golden != "v4.sr8000.w512" }, Engine.allCases)
    func keepsTheSameState(_ run: Run, _ engine: Engine) throws {
        let golden = try Checkpoint(contentsOf: Fixture.url("vad/probs.safetensors"))
        func state(_ moment: String) throws -> [Float] {
            if golden.entries["\(run.golden).state_\(moment)"] != nil {
                return try golden.floats("\(run.golden).state_\(moment)").scalars
            }
            // Version 4 has two tensors: window by window, the rows of one and then of the other.
            let (h, c) = try (golden.floats("\(run.golden).h_\(moment)"), golden.floats("\(run.golden).c_\(moment)"))
            let count = 2 * 64
            return (0..<h.shape.elementCount / count).flatMap { window in
                let range = window * count..<(window + 1) * count
                return h.scalars[range] + c.scalars[range]
            }
        }
        let model = try Self.load(run, engine)
        let audio = try Self.audio(run.sampleRate)
        var listening = model.makeState()
        var first: [Float] = []
        for (index, start) in stride(from: 0, to: audio.samples.count, by: run.window).enumerated() {
            let window = audio.samples[start..<min(start + run.window, audio.samples.count)]
            let full = Array(window) + [Float](repeating: 0, count: run.window - window.count)
            _ = model.speechProbability(in: full.span, state: &listening)
            if index < 3 { first += listening.hidden + listening.cell }
        }
        #expect(try Tolerance.largestDifference(first, state("first3")) < 1e-4)
        // Cells grow without bound, so after 20 s their differences are relative.
        let (last, expected) = (listening.hidden + listening.cell, try state("last"))
        let hiddenCount = listening.hidden.count
        let (h, c) = (Array(expected.prefix(hiddenCount)), Array(expected.dropFirst(hiddenCount)))
        #expect(Tolerance.largestDifference(Array(last.prefix(hiddenCount)), h) < 1e-4)
        let largest = c.reduce(1) { max($0, abs($1)) }
        #expect(Tolerance.largestDifference(Array(last.dropFirst(hiddenCount)), c) < 1e-4 * largest)
    }

    @Test func findsTheSpeechThatMiniOmniFinds() throws {
        let audio = try Self.audio(16_000)
        for test in try ReferenceTimestamps.read().mini_omni_20s {
            var run = Self.runs[1]
            run.window = test.options.window_size_samples ?? 1024
            let found = try Self.load(run).speechSegments(in: audio, test.options.over(.miniOmni))
            #expect(found == test.segments)
        }
    }

    @Test func findsTheSpeechInPrefixes() throws {
        let audio = try Self.audio(16_000)
        let model = try Self.load(Self.runs[1])
        for prefix in try ReferenceTimestamps.read().mini_omni_default_on_prefixes {
            let chunk = AudioChunk(Array(audio.samples.prefix(prefix.n)), sampleRate: 16_000)
            #expect(try model.speechSegments(in: chunk) == prefix.timestamps.map(\.segment))
        }
    }

    @Test func findsTheSpeechThatVersionSixFinds() throws {
        for test in try ReferenceTimestamps.read().silero_v6_20s {
            let rate = test.options.sampling_rate ?? 16_000
            let run = Run(file: "silero_vad_v6.onnx", sampleRate: rate, window: rate * 32 / 1000, golden: "")
            let audio = try Self.audio(rate)
            let found = try Self.load(run).speechSegments(in: audio, test.options.over(.silero))
            guard test.options.return_seconds == true else {
                #expect(found == test.segments)
                continue
            }
            let seconds = found.map {
                let range = $0.seconds(
                    sampleRate: rate, fractionDigitCount: test.options.time_resolution ?? 1,
                    duration: Double(audio.samples.count) / Double(rate))
                return ReferenceSegment(start: range.lowerBound, end: range.upperBound)
            }
            #expect(seconds == test.timestamps)
        }
    }

    @Test func tellsBeginningsAndEndsWhenTheIteratorDoes() throws {
        let model = try Self.load(Self.runs[4])
        var options = SpeechTimestampOptions.silero
        options.minimumSpeech = .zero
        var machine = model.makeSegmenter(options)
        var found: [[Int]] = []
        for (window, probability) in try model.probabilities(of: Self.audio(16_000)).enumerated() {
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
        #expect(found == expected)
    }
}
