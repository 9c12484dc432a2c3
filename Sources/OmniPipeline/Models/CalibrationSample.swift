public import OmniCore
public import OmniTensor

/// What a language model is calibrated with, see
/// ``OmniPipeline/OmniPipeline/pack(_:into:precision:calibration:heldOut:progress:)``.
public enum CalibrationSample: Sendable {
    /// A recorded question. The model is asked it in the modes that listen, then in writing as it heard it, and up to
    /// 96 steps of each reply count as well.
    case recording(AudioChunk)
    /// A text. The model reads it as the tokens of a written question, in its text stream with silence in the audio
    /// streams, and every position counts, also as one whose next token is chosen. Nothing is generated. Of all texts
    /// together 16,384 tokens are read at most, as many of each as possible, in pieces that are spread over it.
    case text(String)
}

/// Why a model cannot be calibrated with what was given.
public enum CalibrationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The sample of this index is a text of blanks.
    case emptyText(index: Int)
    /// The plan keeps the language model as floats: nothing is rounded to integers.
    case nothingToRound(WeightPrecision)

    public var description: String {
        switch self {
        case .emptyText(let index): "text \(index + 1) of the calibration is empty"
        case .nothingToRound(let precision): "calibration rounds integers, and \(precision) has none"
        }
    }
}

extension WeightPrecision {
    /// The precision of the matrices that calibration rounds: in a mixture those of 4 bits, which lose most.
    var calibrated: WeightPrecision {
        get throws(CalibrationError) {
            switch self {
            case .int8: .int8
            case .int4, .mixed: .int4
            default: throw .nothingToRound(self)
            }
        }
    }
}

extension [CalibrationSample] {
    /// Refuses texts without words.
    func requireTexts() throws(CalibrationError) {
        for (index, sample) in enumerated() {
            if case .text(let text) = sample, text.allSatisfy(\.isWhitespace) { throw .emptyText(index: index) }
        }
    }
}
