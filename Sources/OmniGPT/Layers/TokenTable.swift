import OmniNN
import OmniTensor

/// The shared table, as embedding and as head: text rows and audio rows are packed apart, so that a sequence that only
/// writes, or only speaks, computes only its part of the head.
struct TokenTable: Sendable {
    let text: Linear  // [text vocabulary, D]
    let audio: Linear  // [7 · audio vocabulary, D]
    private let engine: any ComputeEngine

    /// Cuts `weight` `[rows, D]`, and `bias` `[rows]`, into text and audio; padding rows at the end are left out.
    ///
    /// - Parameter weights: the scope that has the weight.
    init(
        _ weights: WeightScope, bias: Tensor<Float>?, _ shape: OmniGPT.Configuration, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        let vocabulary = shape.vocabulary
        func rows(_ range: Range<Int>, _ name: String) throws -> Linear {
            let wanted = WantedMatrix(name, [range.count, shape.width], bias: bias != nil)
            return try Linear(weights, wanted, engine: engine, precision: precision) { weights in
                (try weights.tensor("weight", [shape.rowCount, shape.width]).rows(range), bias?.rows(range))
            }
        }
        text = try rows(0..<vocabulary.textCount, Self.textName)
        audio = try rows(vocabulary.textCount..<vocabulary.rowCount, "weight.audio")
        self.engine = engine
    }

    private static var textName: String { "weight.text" }

    /// Whether a scope has the weight, whole or packed, or stored in a way that cannot be read: another tensor must not
    /// take the place of such a weight without an error.
    static func isStored(in weights: WeightScope) -> Bool {
        weights.contains("weight") || weights.contains(textName) || weights.isUnreadable("weight")
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
