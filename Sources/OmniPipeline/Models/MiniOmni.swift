public import Foundation
public import OmniGPT
public import OmniSNAC
public import OmniTensor
public import OmniTokenizer
import OmniVAD
public import OmniWhisper

/// The pipeline of the published model, [Mini-Omni](https://github.com/gpt-omni/mini-omni): Whisper's encoder, the GPT
/// with eight streams, SNAC, and its tokenizer.
public typealias MiniOmni = OmniPipeline<WhisperEncoder, OmniGPT, SNAC, TextTokenizer>

extension OmniPipeline where Encoder == WhisperEncoder, Model == OmniGPT, Codec == SNAC, Text == TextTokenizer {
    /// Loads a published model from its folder; see ``ModelDirectory`` for what is looked for.
    ///
    /// - Parameters:
    ///   - directory: the folder.
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely the parts keep their matrices, see ``PrecisionPlan/automatic``; `nil` for packed
    ///     files as they were packed (see ``pack(_:into:precision:calibration:heldOut:progress:)``), published ones in
    ///     32-bit floats.
    ///   - noise: what the codec mixes into its audio.
    /// - Throws: ``ModelDirectoryError`` with everything that is missing, or when the files are packed with another
    ///   precision; the errors of the parts that cannot be loaded or do not fit together.
    public static func load(
        from directory: URL, engine: (any ComputeEngine)? = nil, precision: PrecisionPlan? = nil,
        noise: NoiseSource = .seeded(0)
    ) async throws -> MiniOmni {
        try await load(ModelDirectory(directory), engine: engine, precision: precision, noise: noise)
    }

    /// Loads a published model from files that were found, the parts side by side. ``loadDurations`` says how long
    /// each took.
    ///
    /// - Parameters:
    ///   - files: the files.
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely the parts keep their matrices, see ``PrecisionPlan/automatic``; `nil` for packed
    ///     files as they were packed (see ``pack(_:into:precision:calibration:heldOut:progress:)``), published ones in
    ///     32-bit floats.
    ///   - noise: what the codec mixes into its audio.
    /// - Throws: the errors of the parts that cannot be loaded or do not fit together.
    public static func load(
        _ files: ModelDirectory, engine: (any ComputeEngine)? = nil, precision: PrecisionPlan? = nil,
        noise: NoiseSource = .seeded(0)
    ) async throws -> MiniOmni {
        let start = ContinuousClock.now
        let engine = try engine ?? NativeEngine()
        let precision = try files.precision(wanted: precision)
        async let loadedEncoder = TimedPart {
            try WhisperEncoder.load(from: files.encoder, engine: engine, precision: precision.encoder)
        }
        async let loadedModel = TimedPart {
            try OmniGPT.load(
                weights: files.languageModel, configuration: files.languageModelConfiguration, engine: engine,
                precision: precision.model)
        }
        async let loadedCodec = TimedPart {
            try SNAC.load(from: files.codec, noise: noise, engine: engine, precision: precision.codec)
        }
        async let loadedTokenizer = TimedPart { try TextTokenizer.load(from: files.tokenizerFolder) }
        async let loadedVoiceActivity = TimedPart {
            try files.voiceActivity.map { try SileroVAD.load(from: $0, engine: engine) }
        }
        async let loadedTurnEnd = TimedPart {
            try files.turnEnd.map { try SmartTurn.load(from: $0, engine: engine, precision: precision.encoder) }
        }
        let (encoder, model, codec) = try await (loadedEncoder, loadedModel, loadedCodec)
        let (tokenizer, voiceActivity) = try await (loadedTokenizer, loadedVoiceActivity)
        try requireFit(encoder.part, model.part, codec.part)
        var pipeline = MiniOmni(
            encoder: encoder.part, model: model.part, codec: codec.part, tokenizer: tokenizer.part,
            voiceActivity: voiceActivity.part)
        pipeline.turnEnd = try await loadedTurnEnd.part
        pipeline.loadDurations = LoadDurations(
            encoder: encoder.duration, model: model.duration, codec: codec.duration, tokenizer: tokenizer.duration,
            voiceActivity: files.voiceActivity == nil ? nil : voiceActivity.duration,
            total: ContinuousClock.now - start)
        return pipeline
    }

    /// Files of different models are told at once, not at the first question.
    private static func requireFit(_ encoder: WhisperEncoder, _ model: OmniGPT, _ codec: SNAC) throws {
        let (expectedWidth, foundWidth) = (model.configuration.featureWidth, encoder.configuration.width)
        guard foundWidth == expectedWidth else {
            throw OmniGPTError.wrongFeatureWidth(expected: expectedWidth, found: foundWidth)
        }
        let (expectedCount, foundCount) = (
            codec.configuration.codesPerFrame.reduce(0, +), VocabularyLayout.audioStreamCount
        )
        guard foundCount == expectedCount else {
            throw SNACError.wrongFrameWidth(expected: expectedCount, found: foundCount)
        }
    }
}

/// A part, and how long it took to load on a thread of its own.
private struct TimedPart<Part: Sendable>: Sendable {
    let part: Part
    let duration: Duration

    init(_ load: @Sendable () throws -> Part) async throws {
        @Sendable func timed() throws -> (Part, Duration) {
            let start = ContinuousClock.now
            return (try load(), ContinuousClock.now - start)
        }
        let executor = InferenceExecutor(name: "omni.load", idleSeconds: 0)
        // Where the system starts no more threads, parts load one after another on those that tasks share.
        if let hold = try? executor.hold() {
            defer { withExtendedLifetime(hold) {} }
            (part, duration) = try await withTaskExecutorPreference(executor) { try timed() }
        } else {
            (part, duration) = try timed()
        }
    }
}
