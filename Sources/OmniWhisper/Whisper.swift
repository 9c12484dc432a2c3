public import Foundation
public import OmniTensor

/// Whisper whole: the encoder that hears and the decoder that writes down.
///
/// The value is immutable and can be shared. See ``WhisperTranscriber`` for audio of any length.
public struct Whisper: Sendable {
    /// Audio to features. With ``WhisperEncoder/AudioContext/trimmed`` windows with little audio in them are encoded
    /// and attended to without the silence up to 30 s; text and times are then not exactly the reference's.
    public var encoder: WhisperEncoder
    /// Features to text.
    public let decoder: WhisperDecoder
    /// The heads of the decoder's cross-attention that follow the audio: where word times come from.
    public let alignmentHeads: AlignmentHeads

    /// Puts both halves together.
    ///
    /// - Parameters:
    ///   - encoder: the half that listens.
    ///   - decoder: the half that writes.
    ///   - alignmentHeads: `nil` for those of the published model of these dimensions.
    /// - Throws: ``WhisperError/mismatchedWidths(encoder:decoder:)``; ``WhisperError/invalidOption(option:reason:)``
    ///   for a head that the decoder has not.
    public init(
        encoder: WhisperEncoder, decoder: WhisperDecoder, alignmentHeads: AlignmentHeads? = nil
    ) throws(WhisperError) {
        guard encoder.configuration.width == decoder.configuration.width else {
            throw .mismatchedWidths(encoder: encoder.configuration.width, decoder: decoder.configuration.width)
        }
        let heads = alignmentHeads ?? AlignmentHeads(published: decoder.configuration)
        for head in heads.heads {
            guard (0..<decoder.configuration.layerCount).contains(head.layer),
                (0..<decoder.configuration.headCount).contains(head.head)
            else {
                throw .invalidOption(
                    option: "alignment_heads", reason: "the decoder has no head \(head.head) in layer \(head.layer)")
            }
        }
        self.encoder = encoder
        self.decoder = decoder
        self.alignmentHeads = heads
    }

    /// What the decoder attends to.
    ///
    /// - Parameters:
    ///   - mel: the spectrogram of a window, `[2 · context, M]`.
    ///   - frameCount: frames of it that are audio.
    ///   - memory: what calls leave to each other to compute in.
    func crossAttention(
        to mel: Tensor<Float>, frameCount: Int, in memory: KeptScratch = KeptScratch()
    ) -> CrossAttentionCache {
        let whole = encoder.configuration.contextLength
        let rowCount =
            switch encoder.audioContext {
            case .whole: whole
            case .trimmed: min(frameCount / WhisperAudio.framesPerPosition + 1, whole)
            }
        return decoder.makeCrossAttention(to: encoder.encode(mel, keeping: rowCount, in: memory))
    }
}

extension Whisper {
    /// Opens a published model: a `.pt` file of openai-whisper, a safetensors or `.bin` file of Hugging Face, or a
    /// folder as Hugging Face has it. Dimensions are found as for ``WhisperEncoder/load(from:engine:precision:)``;
    /// alignment heads are those of the `generation_config.json` beside the file, or else those of the published model
    /// of these dimensions.
    ///
    /// - Parameters:
    ///   - url: the file, or a folder with `model.safetensors` or `pytorch_model.bin`, or the list of the files of
    ///     either (`*.index.json`).
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely matrices are kept.
    /// - Throws: ``WhisperError``, `ModelConfigurationError`; a fault of the file as a `CheckpointError`;
    ///   `ComputeEngineError` for a precision that the engine has not.
    public static func load(
        from url: URL, engine: (any ComputeEngine)? = nil, precision: WeightPrecision = .float32
    ) throws -> Whisper {
        let engine = try engine ?? NativeEngine()
        let file = try WhisperEncoder.weightFile(at: url)
        let checkpoint = try Checkpoint(contentsOf: file)
        let weights = WeightScope(checkpoint)
        let encoder = try WhisperEncoder(
            weights, configuration: WhisperEncoder.configuration(of: checkpoint, weights, at: file), engine: engine,
            precision: precision)
        let decoder = try WhisperDecoder(
            weights, configuration: WhisperDecoder.Configuration(of: checkpoint, weights, at: file), engine: engine,
            precision: precision)
        let heads = try AlignmentHeads(beside: file) ?? AlignmentHeads(file: file, decoder.configuration)
        return try Whisper(encoder: encoder, decoder: decoder, alignmentHeads: heads)
    }
}
