import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniWhisper

/// Everything that the reference computed with the small model of the fixtures.
@Suite struct GoldenEncoderTests {
    private func encoder(_ engine: Engine) throws -> WhisperEncoder {
        try WhisperEncoder.load(from: Fixture.url("tiny/checkpoint/small.pt"), engine: engine.value)
    }

    @Test(arguments: GoldenClip.names) func logMelEqualsTheReference(_ name: String) throws {
        let clip = try #require(try GoldenClip.all()[name])
        let audio = try GoldenClip.audio(name)
        #expect(audio.samples.count == clip.n_samples_16k)
        let found = try LogMelSpectrogram()(audio)
        let expected = try clip.mel(name)
        #expect(found.shape == expected.shape)
        let rounding = ReferenceRounding(audio, spectrogram: LogMelSpectrogram())
        let (a, b) = (found.span, expected.span)
        var coarseCount = 0
        for frame in 0..<clip.mel_frames_stored {
            for bin in 0..<80 {
                let index = frame * 80 + bin
                let limit = max(1e-5, rounding.limit(frame: frame, bin: bin, value: b[index]))
                if abs(a[index] - b[index]) >= 1e-5 { coarseCount += 1 }
                #expect(abs(a[index] - b[index]) < limit, "frame \(frame), bin \(bin)")
            }
        }
        // Of thousands of values a few are that quiet.
        #expect(coarseCount * 400 < clip.mel_frames_stored * 80)
        let padding = clip.mel_frames_stored..<3000
        #expect(Tolerance.largestDifference(found.rows(padding), expected.rows(padding)) < 1e-5)
    }

    @Test(arguments: GoldenClip.names.filter { $0 != "chirp_16k" && $0 != "silence_16k" }, Engine.allCases)
    func featuresEqualTheReference(_ name: String, _ engine: Engine) throws {
        let encoder = try encoder(engine)
        let clip = try #require(try GoldenClip.all()[name])
        let found = try encoder.encode(GoldenClip.audio(name))
        let expected = try GoldenClip.arrays().floats("\(name).encoder")
        #expect(found.shape == [clip.leng, encoder.configuration.width])
        #expect(found.shape == expected.shape)
        #expect(Tolerance.relativeDifference(found, expected) < 1e-4)
    }

    @Test func theClipsWithoutFeaturesHaveTheirLength() throws {
        let encoder = try encoder(.blas)
        for (name, clip) in try GoldenClip.all() {
            #expect(encoder.featureCount(forSampleCount: clip.n_samples_16k) == clip.leng, "\(name)")
        }
    }

    /// The reference's names of stages, ours, and whether it stored them channels first.
    private static let stages: [(String, WhisperEncoder.Stage, Bool)] = [
        ("enc_conv1_first64", .firstConvolution, true), ("enc_conv2_first64", .secondConvolution, true),
        ("enc_pos_first64", .stem, false), ("enc_block0_first64", .block(0), false),
        ("enc_block1_first64", .block(1), false),
    ]

    @Test(arguments: Engine.allCases) func everyStageEqualsTheReference(_ engine: Engine) throws {
        let encoder = try encoder(engine)
        let (width, context) = (encoder.configuration.width, encoder.configuration.contextLength)
        var seen: [WhisperEncoder.Stage: Tensor<Float>] = [:]
        let mel = try encoder.spectrogram(GoldenClip.audio("q_short_16k"))
        let features = encoder.encode(mel, keeping: context) { stage, rows in
            seen[stage] = Tensor((0..<64 * width).map { rows[$0] }, shape: [64, width])
        }
        let golden = try GoldenClip.arrays()
        for (name, stage, isChannelsFirst) in Self.stages {
            let stored = try golden.floats("q_short_16k.\(name)")
            let expected = isChannelsFirst ? stored.transposed() : stored
            let found = try #require(seen[stage])
            #expect(Tolerance.relativeDifference(found, expected) < 1e-4, "\(name)")
        }
        #expect(seen.count == Self.stages.count)
        let last = features.rows(context - 16..<context)
        #expect(Tolerance.relativeDifference(last, try golden.floats("q_short_16k.encoder_last16")) < 1e-4)
    }
}

/// What rounding does to the reference. It transforms in single precision, where an error in proportion to the whole
/// frame falls on every frequency: a bin that lies far below the loudest of its frame is only known so well. Exact
/// arithmetic is up to 3e-5 away from the reference there; everywhere else they agree to 1e-5.
private struct ReferenceRounding {
    private let samples: [Float]
    private let window: [Float]
    /// The sum of the weights of each filter.
    private let filterSums: [Double]

    init(_ audio: AudioChunk, spectrogram: LogMelSpectrogram) {
        samples = audio.samples
        window = spectrogram.window
        let filters = spectrogram.filters.matrix
        filterSums = (0..<80).map { filters.rows($0..<$0 + 1).scalars.reduce(0) { $0 + Double($1) } }
    }

    /// How far a value of the reference may be off: five units in the last place of the loudness of the frame, carried
    /// through the square, the filter and the logarithm.
    func limit(frame: Int, bin: Int, value: Float) -> Float {
        var square = 0.0
        for offset in 0..<400 {
            let index = abs(frame * 160 - 200 + offset)
            guard index < samples.count else { continue }
            let sample = Double(samples[index]) * Double(window[offset])
            square += sample * sample
        }
        let energy = ScalarMath.pow(10, 4 * Double(value) - 4)
        let relative = 2 * 5 * 0x1p-24 * (square * filterSums[bin] / energy).squareRoot()
        return Float(relative / (4 * ScalarMath.log(10)))
    }
}
