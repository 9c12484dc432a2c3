public import Foundation
public import OmniCore
import OmniNN
public import OmniTensor

/// Smart Turn version 3 (Daily, `pipecat-ai/smart-turn-v3`): judges from the last 8 s of a turn, by words and melody,
/// whether the speaker has finished.
///
/// The audio is brought to mean 0 and variance 1 with the silence in front of it, goes through the encoder of Whisper
/// "tiny" with a context of 8 s, is pooled by attention and classified. Published files quantise activations as well as
/// weights; here weights are made floats again and activations stay floats, or as precise as the engine keeps them.
///
/// The value is immutable and can be shared: calls leave nothing to each other but working memory, 5 MB.
public struct SmartTurn: TurnEndModel {
    private let encoder: WhisperEncoder
    private let pooling: AttentionPooling
    private let classifier: TurnClassifier
    private let memory = KeptScratch()

    init(_ weights: SmartTurnWeights, engine: any ComputeEngine, precision: WeightPrecision) throws {
        let scope = WeightScope(InMemoryTensors(weights.tensors, name: weights.file))
        let configuration = weights.configuration
        encoder = try WhisperEncoder(scope, configuration: configuration, engine: engine, precision: precision)
        pooling = try AttentionPooling(
            scope.scope("pool_attention"), width: configuration.width, hiddenWidth: weights.poolingWidth,
            engine: engine, precision: precision)
        classifier = try TurnClassifier(
            scope.scope("classifier"), width: configuration.width, hiddenWidths: weights.classifierWidths,
            engine: engine)
        try scope.requireAllRead()
    }

    /// 16 kHz.
    public var sampleRate: Int { WhisperAudio.sampleRate }

    /// What fits into the context: 128 000 samples, 8 s, in the published model.
    public var maximumSampleCount: Int { encoder.configuration.sampleCount }

    /// The probability that the turn is over, in `0...1`. Above 0.5 the published model calls it finished.
    ///
    /// - Parameter samples: the audio of the turn up to now at 16 kHz, with the pause at its end; less than
    ///   ``maximumSampleCount`` is preceded by silence.
    /// - Throws: `AudioInputError.notFinite`, `AudioInputError.tooLoud`.
    public func turnEndProbability(of samples: Span<Float>) throws -> Float {
        let mel = try spectrogram(of: samples)
        let positions = encoder.encode(mel, keeping: encoder.configuration.contextLength, in: memory)
        let probability = classifier(pooling(positions))
        guard probability.isFinite else {
            throw AudioInputError.tooLoud(sampleIndices: max(samples.count - maximumSampleCount, 0)..<samples.count)
        }
        return probability
    }

    /// The spectrogram of the last samples, preceded by silence and brought to mean 0 and variance 1.
    private func spectrogram(of samples: Span<Float>) throws(AudioInputError) -> Tensor<Float> {
        let count = min(samples.count, maximumSampleCount)
        let heard = samples.extracting(last: count)
        try heard.requireFinite(firstIndex: samples.count - count)
        let mean = Self.sum(heard) { $0 } / Double(maximumSampleCount)
        let squares = Self.sum(heard) { ($0 - mean) * ($0 - mean) }
        let silentCount = maximumSampleCount - count
        let variance = (squares + Double(silentCount) * mean * mean) / Double(maximumSampleCount)
        // In single precision as the original.
        let (offset, divisor) = (Float(mean), (Float(variance) + 1e-7).squareRoot())
        let silence = -offset / divisor
        let scaled = unsafe Array(unsafeUninitializedCapacity: count) { target, initializedCount in
            for index in 0..<count {
                unsafe target.initializeElement(at: index, to: (heard[unchecked: index] - offset) / divisor)
            }
            initializedCount = count
        }
        guard silence.isFinite, scaled.allSatisfy(\.isFinite) else {
            throw .tooLoud(sampleIndices: samples.count - count..<samples.count)
        }
        var stream = encoder.spectrogram.makeStream()
        stream.begin(repeating: silence, count: silentCount)
        try stream.push(scaled.span)
        return stream.finish()
    }

    /// The sum of what `term` makes of all samples, in four parts that do not wait for each other.
    private static func sum(_ samples: Span<Float>, _ term: (SIMD4<Double>) -> SIMD4<Double>) -> Double {
        var sums = SIMD4<Double>.zero
        let end = samples.count / 4 * 4
        for index in stride(from: 0, to: end, by: 4) {
            sums += term(
                SIMD4(
                    Double(samples[index]), Double(samples[index + 1]), Double(samples[index + 2]),
                    Double(samples[index + 3])))
        }
        for index in end..<samples.count { sums[0] += term(SIMD4(repeating: Double(samples[index])))[0] }
        return sums.sum()
    }
}

extension SmartTurn {
    /// Opens a published file, such as `smart-turn-v3.2-cpu.onnx`: weights of 8 bits, which are made floats again, or
    /// floats.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: `CheckpointError`; `ComputeEngineError` for a precision that the engine has not.
    public static func load(
        from url: URL, engine: (any ComputeEngine)? = nil, precision: WeightPrecision = .float32
    ) throws -> SmartTurn {
        try SmartTurn(
            onnx: ONNXFile.contents(of: url), engine: engine, precision: precision, file: url.path)
    }

    /// Reads the bytes of an ONNX file; `file` is for messages. Everything else as in
    /// ``load(from:engine:precision:)``.
    public init(
        onnx bytes: Data, engine: (any ComputeEngine)? = nil, precision: WeightPrecision = .float32,
        file: String = "memory"
    ) throws {
        let (model, budget) = try ONNXFile.read(
            bytes, of: file, largestByteCount: Self.largestByteCount, as: "a Smart Turn network")
        var graph = try SmartTurnGraph(model, budget: budget, file: file)
        try self.init(graph.weights(), engine: engine ?? NativeEngine(), precision: precision)
    }

    /// The published file has 9 MB, one with floats 32 MB.
    private static var largestByteCount: Int { 64 << 20 }
}
