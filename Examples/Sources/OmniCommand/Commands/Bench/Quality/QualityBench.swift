import CommandSupport
import Foundation
import OmniCore
import OmniGPT
import OmniPipeline
import OmniSNAC
import OmniTensor
import OmniWhisper

/// Holds the replies of 32-bit floats, and measures other formats by them.
struct QualityBench {
    private let engine: NativeEngine
    private let trials: [Trial]
    private static let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 256))

    /// One question, and what the floats make of it.
    private struct Trial {
        let sample: QualitySample
        let tokens: [[Int32]]
        let logits: ForcedLogits
        let frames: [CodeFrame]
        let audio: AudioChunk
        let answer: String
    }

    init(_ directory: ModelDirectory, _ samples: [QualitySample]) async throws {
        engine = try NativeEngine()
        let exact = try await MiniOmni.load(directory, engine: BLASEngine(), precision: .float32, noise: .none)
        var trials: [Trial] = []
        for sample in samples {
            Console.progress("float32: \(sample.question)")
            let session = exact.makeSession()
            let spoken = try await session.answer(to: sample.recording, mode: .speechToSpeech, options: Self.options)
            let written = try await session.answer(
                to: sample.recording, mode: .speechToSpeechBatch, options: Self.options)
            let frames = try Self.frames(of: spoken.tokens, exact.model)
            trials.append(
                Trial(
                    sample: sample, tokens: spoken.tokens,
                    logits: try ForcedLogits(
                        exact.model, hearing: Self.features(of: sample, exact), answering: spoken.tokens),
                    frames: frames, audio: try exact.codec.decode(frames), answer: sample.answer ?? written.text))
        }
        self.trials = trials
    }

    /// Measures a model, with a plan or as it is packed.
    func row(_ name: String, _ directory: ModelDirectory, _ plan: PrecisionPlan?) async throws -> QualityRow {
        let omni = try await MiniOmni.load(directory, engine: engine, precision: plan, noise: .none)
        let session = omni.makeSession()
        var difference = ForcedLogits.Difference()
        var errors = WordErrors()
        var rightCount = 0
        for trial in trials {
            let features = try Self.features(of: trial.sample, omni)
            difference.add(
                trial.logits, try ForcedLogits(omni.model, hearing: features, answering: trial.tokens))
            let heard = try await session.answer(
                to: trial.sample.recording, mode: .transcription, options: Self.options)
            errors.add(expected: trial.sample.question, found: heard.text)
            let answer = try await session.answer(
                to: trial.sample.recording, mode: .speechToSpeechBatch, options: Self.options)
            if WordErrors.words(answer.text) == WordErrors.words(trial.answer) { rightCount += 1 }
        }
        // What the codec would cost at the format of that name; every plan keeps its floats.
        let codec = try WeightPrecision(named: name).map {
            try SNAC.load(from: directory.codec, noise: .none, engine: engine, precision: $0)
        }
        return QualityRow(
            format: name, logitError: difference.error, agreement: difference.agreement, wordErrorRate: errors.rate,
            accuracy: Double(rightCount) / Double(trials.count),
            codecSignalToNoise: try signalToNoise(of: codec ?? omni.codec))
    }

    private static func features(of sample: QualitySample, _ omni: MiniOmni) throws -> Tensor<Float> {
        try omni.encoder.encode(sample.recording.resampled(to: omni.encoder.inputSampleRate))
    }

    /// The frames that the tokens of a reply make.
    private static func frames(of tokens: [[Int32]], _ model: OmniGPT) throws -> [CodeFrame] {
        var delay = DelayPattern(try SpecialTokens(model.configuration.vocabulary))
        return (tokens.first ?? []).indices.compactMap { step in delay.push(PositionTokens(tokens.map { $0[step] })) }
    }

    /// In dB; `nil` where not a sample differs.
    private func signalToNoise(of codec: SNAC) throws -> Double? {
        var (signal, noise) = (0.0, 0.0)
        for trial in trials {
            let audio = try codec.decode(trial.frames)
            for (a, b) in zip(trial.audio.samples, audio.samples) {
                signal += Double(a) * Double(a)
                noise += Double(a - b) * Double(a - b)
            }
        }
        return noise == 0 ? nil : 10 * log10(signal / noise)
    }
}
