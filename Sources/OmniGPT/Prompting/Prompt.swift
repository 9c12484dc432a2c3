public import OmniCore
import OmniTensor

/// What a model is given to read before it answers: tokens for each position, and where the heard features go.
///
/// | mode | audio streams | text stream |
/// |---|---|---|
/// | speech to speech | input, pad × L, end, answer | input, pad × L, end, answer |
/// | speech to text | input, pad × L, end, pad | input, pad × L, end, answer |
/// | transcription | input, pad × L, end, pad | input, pad × L, end, transcription |
/// | text to speech | pad × (n + 2), answer | input, n tokens, end, answer |
/// | text to text | pad × (n + 3) | input, n tokens, end, answer |
public struct Prompt: Sendable, Hashable {
    /// The tokens of each position.
    public private(set) var positions: [PositionTokens]
    /// The positions whose audio embeddings the features replace; empty for a written question.
    public let featurePositions: Range<Int>

    /// A spoken question of `featureCount` rows of features. Batch mode begins as `ReplyMode.speechToSpeech`; its
    /// second row differs in the last position only, see ``lastPositionOfTextRow(_:)``.
    ///
    /// - Precondition: a mode that listens.
    public init(featureCount: Int, mode: ReplyMode, _ special: SpecialTokens) {
        precondition(mode.listens, "mode \(mode.rawValue) does not listen")
        featurePositions = 1..<(1 + featureCount)
        positions = [PositionTokens(audio: special.audioInput, text: special.textInput)]
        positions += Array(
            repeating: PositionTokens(audio: special.audioPad, text: special.textPad), count: featureCount)
        positions.append(PositionTokens(audio: special.audioEnd, text: special.textEnd))
        let asked = mode == .transcription ? special.textTranscription : special.textAnswer
        positions.append(PositionTokens(audio: mode.speaks ? special.audioAnswer : special.audioPad, text: asked))
    }

    /// A written question.
    ///
    /// - Precondition: a mode that reads.
    public init(text: [TokenID], mode: ReplyMode, _ special: SpecialTokens) {
        precondition(!mode.listens, "mode \(mode.rawValue) does not read")
        featurePositions = 0..<0
        let tokens = [special.textInput] + text.map(\.rawValue) + [special.textEnd]
        positions = tokens.map { PositionTokens(audio: special.audioPad, text: $0) }
        let asked = mode.speaks ? special.audioAnswer : special.audioPad
        positions.append(PositionTokens(audio: asked, text: special.textAnswer))
    }

    /// The last position of batch mode's second row, which answers in text.
    public static func lastPositionOfTextRow(_ special: SpecialTokens) -> PositionTokens {
        PositionTokens(audio: special.audioPad, text: special.textAnswer)
    }
}

/// The eight tokens of one position: seven of the audio streams, one of the text stream. Not shifted; only
/// ``VocabularyLayout`` makes rows.
public struct PositionTokens: Sendable, Hashable {
    private var lanes: SIMD8<Int32>

    /// The same token in all audio streams, and a text token.
    public init(audio: Int32, text: Int32) {
        lanes = SIMD8(repeating: audio)
        lanes[7] = text
    }

    /// Streams 0…6, then text.
    public init(_ streams: some Collection<Int32>) {
        precondition(streams.count == 8, "a position has 8 tokens, not \(streams.count)")
        lanes = .zero
        for (stream, token) in streams.enumerated() { lanes[stream] = token }
    }

    /// The token of an audio stream, 0…6.
    public subscript(audio stream: Int) -> Int32 {
        get {
            precondition(stream >= 0 && stream < 7, "audio stream \(stream)")
            return lanes[stream]
        }
        set {
            precondition(stream >= 0 && stream < 7, "audio stream \(stream)")
            lanes[stream] = newValue
        }
    }

    /// The token of the text stream.
    public var text: Int32 {
        get { lanes[7] }
        set { lanes[7] = newValue }
    }
}

/// The prefill of a prompt in progress, block by block, so that replies that share the engine need not wait for the
/// whole.
///
/// Batch mode prefills the shared positions once; its second sequence is a fork that takes another last position.
struct PromptPrefill {
    private let prompt: Prompt
    private let speech: (features: Tensor<Float>, positions: Range<Int>)?
    private let mode: ReplyMode
    private let special: SpecialTokens
    private let cache: KVCache
    /// Batch mode's second sequence, once the shared positions are prefilled.
    private(set) var textCache: KVCache?
    private var pass: DecoderPass?
    private(set) var isOver = false

    init(_ prompt: Prompt, speech: Tensor<Float>?, mode: ReplyMode, _ special: SpecialTokens, cache: KVCache) {
        self.prompt = prompt
        self.speech = speech.map { ($0, prompt.featurePositions) }
        self.mode = mode
        self.special = special
        self.cache = cache
    }

    /// Computes one block of the decoder; the logits of the last position when it is the last.
    mutating func advance(_ model: OmniGPT, _ workspace: DecoderWorkspace) {
        if pass == nil { pass = DecoderPass(model, firstSegments, workspace) }
        guard pass?.advance(model, workspace) == false else { return }
        pass = nil
        isOver = true
        guard mode == .speechToSpeechBatch else { return }
        let fork = cache.fork()
        textCache = fork
        // Two positions cost as little as a step: not worth being divided.
        model.forward(
            [
                DecoderSegment(cache, prompt.positions.suffix(1), wantsText: false, wantsAudio: true),
                DecoderSegment(fork, [Prompt.lastPositionOfTextRow(special)], wantsText: true, wantsAudio: false),
            ], workspace)
    }

    private var firstSegments: [DecoderSegment] {
        guard mode == .speechToSpeechBatch else {
            return [
                DecoderSegment(cache, prompt.positions, speech: speech, wantsText: true, wantsAudio: mode.speaks)
            ]
        }
        let shared = Array(prompt.positions.dropLast())
        return [DecoderSegment(cache, shared, speech: speech, wantsText: false, wantsAudio: false)]
    }
}
