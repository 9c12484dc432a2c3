import OmniNN
import OmniTensor

/// The shared table, as embedding and as head: text rows and audio rows are packed apart, so that a sequence that only
/// writes, or only speaks, computes only its part of the head.
struct TokenTable: Sendable {
    let text: Linear  // [text vocabulary, D]
    let audio: Linear  // [7 · audio vocabulary, D]
    private let engine: any ComputeEngine

    /// Cuts `weight` `[rows, D]`, and `bias` `[rows]`, into text and audio; padding rows at the end are left out.
    init(
        weight: Tensor<Float>, bias: Tensor<Float>?, _ vocabulary: VocabularyLayout, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        func rows(_ range: Range<Int>) throws -> Linear {
            try Linear(
                weight: weight.rows(range), bias: bias?.rows(range), engine: engine, precision: precision)
        }
        text = try rows(0..<vocabulary.textCount)
        audio = try rows(vocabulary.textCount..<vocabulary.rowCount)
        self.engine = engine
    }

    /// Writes the embedding of a row of the shared table to `y` `[D]`.
    func embed(_ row: Int, into y: inout MutableSpan<Float>) {
        if row < text.outputWidth {
            engine.unpackRow(row, of: text.weight, into: &y)
        } else {
            engine.unpackRow(row - text.outputWidth, of: audio.weight, into: &y)
        }
    }
}
