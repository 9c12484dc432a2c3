public import OmniCore

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
