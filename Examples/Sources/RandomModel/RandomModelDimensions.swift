/// The sizes of a model's parts.
public struct RandomModelDimensions: Sendable {
    // The encoder, in Whisper's layout.
    var melBinCount = 80
    var contextLength: Int
    var encoderWidth: Int
    var encoderHeadCount: Int
    var encoderLayerCount: Int
    // The language model.
    var layerCount: Int
    var width: Int
    var headCount: Int
    var headWidth: Int
    var groupCount: Int
    var mlpWidth: Int
    /// Entries of the tokenizer; 64 special tokens come on top.
    var textTokenCount: Int
    /// Codes of a codebook; 64 special tokens come on top.
    var audioCodeCount: Int
    // The codec.
    var codecEncoderWidth: Int
    var codecDecoderWidth: Int

    /// The dimensions of the released Mini-Omni: Qwen2-0.5B, Whisper small and SNAC at 24 kHz. 2.5 GB of files.
    public static let released = RandomModelDimensions(
        contextLength: 1500, encoderWidth: 768, encoderHeadCount: 12, encoderLayerCount: 12,
        layerCount: 24, width: 896, headCount: 14, headWidth: 64, groupCount: 2, mlpWidth: 4864,
        textTokenCount: 151_936, audioCodeCount: 4096, codecEncoderWidth: 48, codecDecoderWidth: 1024)

    /// A model of the same shape that is written and loaded in no time.
    public static let tiny = RandomModelDimensions(
        contextLength: 250, encoderWidth: 32, encoderHeadCount: 4, encoderLayerCount: 2,
        layerCount: 3, width: 64, headCount: 4, headWidth: 16, groupCount: 2, mlpWidth: 160,
        textTokenCount: 1024, audioCodeCount: 64, codecEncoderWidth: 6, codecDecoderWidth: 64)

    static let specialTokenCount = 64
    static let audioStreamCount = 7

    var textVocabularyCount: Int { textTokenCount + Self.specialTokenCount }
    var audioVocabularyCount: Int { audioCodeCount + Self.specialTokenCount }
    var rowCount: Int { textVocabularyCount + Self.audioStreamCount * audioVocabularyCount }

    /// Whether a row of the shared table stands for a special token.
    func isSpecial(row: Int) -> Bool {
        guard row >= textVocabularyCount else { return row >= textTokenCount }
        return (row - textVocabularyCount) % audioVocabularyCount >= audioCodeCount
    }
}
